#include "daemon/web/client_stream.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include "probes/net/tls/tls_accept.hpp"

namespace sonde::web {
namespace {

std::shared_ptr<net::Transport> transport_of(const ClientStream::executor_type& executor,
                                             int descriptor, access::Connection& connection) {
  if (connection.tls) {
    auto secured =
        net::accepted_tls(executor, descriptor, connection.tls->context(), &connection.certificate);
    if (secured) return secured;
  }
  return connection.tls ? nullptr : net::accepted_plain(executor, descriptor);
}

}  // namespace

ClientStream::ClientStream(const executor_type& executor, int descriptor,
                           std::shared_ptr<access::Connection> connection)
    : connection_(std::move(connection)),
      transport_(transport_of(executor, descriptor, *connection_)),
      descriptor_(transport_ ? descriptor : -1),
      timer_(executor) {}

void ClientStream::expires_after(Span span) {
  timer_.expires_after(span);
  // The transport is there exactly as long as this object, which may be gone when this is called.
  timer_.async_wait([this, weak = std::weak_ptr(transport_),
                     until = timer_.expiry()](boost::system::error_code error) {
    if (!error && !weak.expired() && timer_.expiry() == until) close();
  });
}

void ClientStream::close() {
  if (descriptor_ < 0) return;
  descriptor_ = -1;
  timer_.cancel();
  transport_->close();
}

void ClientStream::finish_sending() {
  if (descriptor_ < 0) return;
  transport_->finish_sending();
  ::shutdown(descriptor_, SHUT_WR);
}

bool ClientStream::has_unread() const {
  int bytes = 0;
  return descriptor_ >= 0 && ::ioctl(descriptor_, FIONREAD, &bytes) == 0 && bytes > 0;
}

void ClientStream::send_raw(std::string_view text) const {
  if (descriptor_ >= 0) ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace sonde::web
