#include "probes/net/tcp/tcp_failure.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "probes/net/tcp/tcp_race.hpp"

namespace sonde::net {
namespace {

Reason reason_of(const boost::system::error_code& error) {
  switch (error.value()) {
    case ECONNREFUSED:
      return Reason::tcp_refused;
    case ETIMEDOUT:
      return Reason::tcp_timeout;
    case ECONNRESET:
    case EPIPE:
      return Reason::tcp_reset;
    case EMFILE:
    case ENFILE:
      return Reason::own_descriptors;
    case ENETDOWN:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM:
    case EADDRNOTAVAIL:
    case ENOBUFS:
    case ENOMEM:
      return Reason::own_network;
    case ECANCELED:
      return Reason::cut;
    default:
      return Reason::tcp_unreachable;
  }
}

// Asks the routing table: connecting a datagram socket sends nothing. A remote router reports
// "unreachable" with the same error.
bool no_route(const boost::asio::ip::tcp::endpoint& to) {
  const int fd = ::socket(to.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const int answer = ::connect(fd, to.data(), static_cast<socklen_t>(to.size()));
  const bool none = answer != 0 && (errno == ENETUNREACH || errno == EHOSTUNREACH);
  ::close(fd);
  return none;
}

}  // namespace

Failure socket_failure(const boost::system::error_code& error, const std::string& where) {
  return {reason_of(error), where + ": " + error.message()};
}

Failure connect_failure(const boost::system::error_code& error, const Address& address,
                        std::uint16_t port) {
  Failure failure = socket_failure(error, show(address, port));
  if (failure.reason != Reason::tcp_unreachable || !no_route(endpoint_of(address, port)))
    return failure;
  failure.reason = Reason::own_network;
  failure.detail += " (this machine has no route to it)";
  return failure;
}

std::string show(const Address& address, std::uint16_t port) {
  return (address.v6 ? "[" + address.text + "]:" : address.text + ":") + std::to_string(port);
}

}  // namespace sonde::net
