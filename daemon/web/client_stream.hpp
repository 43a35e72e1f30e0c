#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/access/access.hpp"
#include "probes/core/clock.hpp"
#include "probes/net/transport.hpp"

namespace sonde::web {

// The connection of one client, plain or TLS, with one time limit; a stream for Beast's parsers.
// Single-threaded.
class ClientStream {
 public:
  using executor_type = boost::asio::any_io_executor;

  // Owns the descriptor; `connection` says whether it is TLS, and learns of the certificate.
  ClientStream(const executor_type& executor, int descriptor,
               std::shared_ptr<access::Connection> connection);
  ~ClientStream() { close(); }
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  executor_type get_executor() { return timer_.get_executor(); }
  bool is_open() const { return descriptor_ >= 0; }
  // What is under way at that time fails, and the connection is closed.
  void expires_after(Span span);
  void close();
  // Sends what is left and the end of the stream; the client may still send.
  void finish_sending();
  // Whether the client has sent something that was not read yet.
  bool has_unread() const;
  // Sends a text as it is, below TLS, if it fits into the socket.
  void send_raw(std::string_view text) const;

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& into, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, boost::asio::mutable_buffer first) {
          transport_->read_some(first, std::move(handler));
        },
        token, first_of<boost::asio::mutable_buffer>(into));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    Pieces pieces;
    auto end = boost::asio::buffer_sequence_end(from);
    for (auto at = boost::asio::buffer_sequence_begin(from);
         at != end && pieces.count < pieces.list.size(); ++at)
      if (const boost::asio::const_buffer piece = *at; piece.size() > 0)
        pieces.list[pieces.count++] = piece;
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Pieces& some) {
          transport_->write_some({some.list.data(), some.count}, std::move(handler));
        },
        token, pieces);
  }

 private:
  struct Pieces {
    std::array<boost::asio::const_buffer, 8> list;
    std::size_t count = 0;
  };

  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at)
      if (const Buffer one = *at; one.size() > 0) return one;
    return {};
  }

  std::shared_ptr<access::Connection> connection_;
  std::shared_ptr<net::Transport> transport_;  // null: it could not be made
  int descriptor_;                             // of the transport; -1: closed
  boost::asio::steady_timer timer_;
};

}  // namespace sonde::web
