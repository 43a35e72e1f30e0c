#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>

namespace boost::asio::ssl {
class context;
}

namespace sonde::demo {

// An accepted connection, plain or TLS. It models Beast's AsyncStream with its types erased, so
// that what Beast composes is compiled once for both.
class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

  explicit Stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  // Performs the TLS handshake, if it is a TLS stream.
  boost::asio::awaitable<boost::system::error_code> open();
  void send_fin() noexcept;  // nothing more will be sent
  void close() noexcept;     // pending operations fail; nothing on a moved-from stream
  executor_type get_executor() const;

  // At least one byte, into the first buffer that has room.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto done, const Buffers& into) {
          boost::asio::mutable_buffer first;
          for (auto at = boost::asio::buffer_sequence_begin(into);
               at != boost::asio::buffer_sequence_end(into) && first.size() == 0; ++at) {
            first = *at;
          }
          read_some(first, Handler(std::move(done)));
        },
        token, buffers);
  }

  // One or more bytes of up to eight buffers, gathered.
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto done, const Buffers& from) {
          std::array<boost::asio::const_buffer, 8> held;
          std::size_t count = 0;
          for (auto at = boost::asio::buffer_sequence_begin(from);
               at != boost::asio::buffer_sequence_end(from) && count < held.size(); ++at) {
            held[count++] = *at;
          }
          write_some({held.data(), count}, Handler(std::move(done)));
        },
        token, buffers);
  }

 private:
  void read_some(boost::asio::mutable_buffer into, Handler done);
  void write_some(std::span<const boost::asio::const_buffer> from, Handler done);

  struct Socket;
  std::unique_ptr<Socket> socket_;
};

// Functions that Beast's websocket stream requires to close a stream.
void beast_close_socket(Stream& stream);
void teardown(boost::beast::role_type role, Stream& stream, boost::system::error_code& error);
template <class Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& done) {
  boost::system::error_code error;
  teardown(role, stream, error);
  boost::asio::post(stream.get_executor(),
                    [done = std::forward<Handler>(done), error]() mutable { done(error); });
}

}  // namespace sonde::demo
