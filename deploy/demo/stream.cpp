#include "deploy/demo/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;
using boost::system::error_code;

namespace sonde::demo {

using Tls = asio::ssl::stream<asio::ip::tcp::socket&>;

struct Stream::Socket {
  asio::ip::tcp::socket plain;
  std::unique_ptr<Tls> tls;
};

Stream::Stream(asio::ip::tcp::socket socket, asio::ssl::context* tls)
    : socket_(std::make_unique<Socket>(std::move(socket), nullptr)) {
  error_code ignored;  // a broken connection reports it at its first read
  socket_->plain.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (tls) socket_->tls = std::make_unique<Tls>(socket_->plain, *tls);
}

Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

asio::awaitable<error_code> Stream::open() {
  if (!socket_->tls) co_return error_code();
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  const auto [error] = co_await socket_->tls->async_handshake(Tls::server, token);
  co_return error;
}

void Stream::send_fin() noexcept {
  error_code ignored;
  socket_->plain.shutdown(asio::socket_base::shutdown_send, ignored);
}

void Stream::close() noexcept {
  if (!socket_) return;
  error_code ignored;
  socket_->plain.close(ignored);
}

Stream::executor_type Stream::get_executor() const { return socket_->plain.get_executor(); }

void Stream::read_some(asio::mutable_buffer into, Handler done) {
  if (socket_->tls) {
    socket_->tls->async_read_some(into, std::move(done));
  } else {
    socket_->plain.async_read_some(into, std::move(done));
  }
}

void Stream::write_some(std::span<const asio::const_buffer> from, Handler done) {
  if (socket_->tls) {
    socket_->tls->async_write_some(from, std::move(done));
  } else {
    socket_->plain.async_write_some(from, std::move(done));
  }
}

void beast_close_socket(Stream& stream) { stream.close(); }

void teardown(boost::beast::role_type, Stream& stream, error_code& error) {
  stream.send_fin();
  error = {};
}

}  // namespace sonde::demo
