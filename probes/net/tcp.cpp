#include "probes/net/tcp.hpp"

#include <algorithm>
#include <array>

namespace sonde::net {
namespace asio = boost::asio;
namespace {

// A copy of the caller's list of buffers, for a write that has to wait.
class Gather {
 public:
  explicit Gather(std::span<const asio::const_buffer> from)
      : count_(std::min(from.size(), list_.size())) {
    std::copy_n(from.begin(), count_, list_.begin());
  }
  const asio::const_buffer* begin() const { return list_.data(); }
  const asio::const_buffer* end() const { return list_.data() + count_; }

 private:
  std::array<asio::const_buffer, 8> list_;
  std::size_t count_;
};

}  // namespace

TcpTransport::TcpTransport(Socket socket)
    : executor_(socket.get_executor()), socket_(std::move(socket)) {}

void TcpTransport::read_some(asio::mutable_buffer into, Handler done) {
  socket_.async_read_some(into, std::move(done));
}

void TcpTransport::write_some(std::span<const asio::const_buffer> from, Handler done) {
  socket_.async_write_some(Gather(from), std::move(done));
}

void TcpTransport::finish_sending() noexcept {
  boost::system::error_code ignored;  // the peer may be gone already
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void TcpTransport::close() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace sonde::net
