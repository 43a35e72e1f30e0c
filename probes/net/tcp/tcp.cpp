#include "probes/net/tcp/tcp.hpp"

#include <algorithm>
#include <array>

namespace sonde::net {
namespace asio = boost::asio;
namespace {

// A copy of the caller's buffer list, for a write that has to wait.
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

// Runs on the socket's loop. Asio would keep work on the executor of the erased handler, and
// allocate for it, although the loop is the same.
struct OnLoop {
  Transport::Handler done;
  using cancellation_slot_type = asio::cancellation_slot;
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return done.get_cancellation_slot();
  }
  void operator()(boost::system::error_code error, std::size_t bytes) {
    std::move(done)(error, bytes);
  }
};

}  // namespace

TcpTransport::TcpTransport(Socket socket)
    : executor_(socket.get_executor()), socket_(std::move(socket)) {}

void TcpTransport::read_some(asio::mutable_buffer into, Handler done) {
  socket_.async_read_some(into, OnLoop{std::move(done)});
}

void TcpTransport::write_some(std::span<const asio::const_buffer> from, Handler done) {
  socket_.async_write_some(Gather(from), OnLoop{std::move(done)});
}

// close() follows, and sends the FIN.
void TcpTransport::finish_sending() noexcept {}

void TcpTransport::close() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace sonde::net
