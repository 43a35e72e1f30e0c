#pragma once
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include "probes/net/transport.hpp"

namespace sonde::net {

// What stands between Beast's WebSocket stream and a Transport; private to ws_state.hpp.
//
// The upgrade was made and judged already, so Beast's own handshake is played to it: its request
// is swallowed and a 101 that fits it is replayed. Then come the bytes that followed the real 101,
// then the transport. What arrives is counted against `allowance`.
class Tap {
 public:
  using executor_type = boost::asio::any_io_executor;
  using Error = boost::system::error_code;

  Tap(std::unique_ptr<Transport> transport, std::string rest, std::size_t allowance)
      : transport_(std::move(transport)), rest_(std::move(rest)), allowance_(allowance) {}

  executor_type get_executor() const { return transport_->executor(); }
  Transport& transport() { return *transport_; }
  // From now on at most so many bytes until the next call; more fail with message_size.
  void allow(std::size_t bytes) { allowance_ = bytes; }

  // The played handshake, the only synchronous I/O; it waits for nothing.
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, Error& error) {
    error = {};
    std::size_t bytes = 0;
    for (auto buffer : boost::beast::buffers_range_ref(buffers)) {
      played_.append(static_cast<const char*>(buffer.data()), buffer.size());
      bytes += buffer.size();
    }
    return bytes;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, Error& error) {
    error = {};
    if (!answered_) played_ = answer_to(played_);
    answered_ = true;
    return take(played_, buffers);
  }
  // Beast asks for these two, and calls neither.
  template <class Buffers>
  std::size_t write_some(const Buffers&) {
    std::abort();
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&) {
    std::abort();
  }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    Transport::Handler done(std::forward<Handler>(handler));
    if (rest_.empty()) return transport_->read_some(first(buffers), Counted{this, std::move(done)});
    const std::size_t bytes = take(rest_, buffers);
    boost::asio::post(get_executor(), Taken{std::move(done), bytes});
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::array<boost::asio::const_buffer, 8> gathered;
    std::size_t count = 0;
    for (auto buffer : boost::beast::buffers_range_ref(buffers)) {
      if (buffer.size() > 0 && count < gathered.size()) gathered[count++] = buffer;
    }
    transport_->write_some({gathered.data(), count}, std::forward<Handler>(handler));
  }

  // Beast's last act on a connection: after it nothing is sent or read.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type, Tap& tap, Handler&& handler) {
    tap.transport_->finish_sending();
    boost::asio::post(tap.get_executor(),
                      Torn<std::decay_t<Handler>>{std::forward<Handler>(handler)});
  }
  friend void beast_close_socket(Tap& tap) { tap.transport_->close(); }

 private:
  struct Counted {
    Tap* tap;
    Transport::Handler done;
    void operator()(Error error, std::size_t bytes) {
      const bool flood = bytes > tap->allowance_;
      tap->allowance_ -= flood ? 0 : bytes;
      if (flood) error = boost::asio::error::message_size;
      std::move(done)(error, flood ? 0 : bytes);
    }
  };
  struct Taken {
    Transport::Handler done;
    std::size_t bytes;
    void operator()() { std::move(done)(Error(), bytes); }
  };
  template <class Handler>
  struct Torn {
    Handler done;
    void operator()() { std::move(done)(Error()); }
  };

  static std::string answer_to(const std::string& request);

  template <class Buffers>
  static boost::asio::mutable_buffer first(const Buffers& buffers) {
    for (auto buffer : boost::beast::buffers_range_ref(buffers)) {
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }
  // Moves bytes from the front of `from`, whose memory goes with its last byte.
  template <class Buffers>
  static std::size_t take(std::string& from, const Buffers& buffers) {
    const std::size_t bytes = boost::asio::buffer_copy(buffers, boost::asio::buffer(from));
    from.erase(0, bytes);
    if (from.empty()) from = std::string();
    return bytes;
  }

  std::unique_ptr<Transport> transport_;
  std::string played_;  // Beast's request, then what is left of its answer
  std::string rest_;
  std::size_t allowance_;
  bool answered_ = false;
};

}  // namespace sonde::net
