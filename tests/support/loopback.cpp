#include "tests/support/loopback.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sonde::test {
namespace {

socklen_t fill(sockaddr_storage& out, const std::string& address, std::uint16_t port) {
  if (address.contains(':')) {
    auto* six = reinterpret_cast<sockaddr_in6*>(&out);
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    inet_pton(AF_INET6, address.c_str(), &six->sin6_addr);
    return sizeof *six;
  }
  auto* four = reinterpret_cast<sockaddr_in*>(&out);
  four->sin_family = AF_INET;
  four->sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &four->sin_addr);
  return sizeof *four;
}

}  // namespace

int bound_socket(const std::string& address, int type, std::uint16_t port) {
  sockaddr_storage to{};
  const auto size = fill(to, address, port);
  const int fd = ::socket(to.ss_family, type | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&to), size) == 0) return fd;
  std::perror(("cannot bind to " + address).c_str());
  std::abort();
}

std::uint16_t port_of(int fd) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size);
  return ntohs(reinterpret_cast<sockaddr_in*>(&own)->sin_port);  // where IPv6 has it too
}

int begin_connect(const std::string& address, std::uint16_t port) {
  sockaddr_storage to{};
  const auto size = fill(to, address, port);
  const int fd = ::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  ::connect(fd, reinterpret_cast<sockaddr*>(&to), size);
  return fd;
}

}  // namespace sonde::test
