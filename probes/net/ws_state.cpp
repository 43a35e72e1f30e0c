#include "probes/net/ws_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/error.hpp>

#include "probes/net/ws_handshake.hpp"
#include "probes/net/ws_session.hpp"

namespace sonde::net {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

constexpr std::size_t read_buffer = 512;
constexpr std::size_t write_buffer = 1024;    // a chat message goes out in one segment
constexpr std::size_t keep_capacity = 4096;   // buffers that grew beyond it are given back
constexpr std::size_t session_messages = 64;  // whole messages of the largest size a session

// A message of the largest size, cut into small fragments: their headers cost as much again.
std::size_t message_allowance(const Limits& limits) { return 2 * limits.frame + 65536; }

// The handlers of Beast's operations. They hold the state, so it outlives them.
struct OnRead {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code error, std::size_t) const { state->on_read(error); }
};
struct OnWritten {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code error, std::size_t) const { state->on_written(error); }
};
struct OnPinged {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code) const { state->pinging = false; }
};
struct OnClosed {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code) const {
    state->closed = true;
    state->notify();
  }
};
struct OnControl {
  Websocket::State* state;  // which owns the stream that calls this
  void operator()(websocket::frame_type kind, boost::beast::string_view payload) const {
    state->on_control(kind, {payload.data(), payload.size()});
  }
};

// A wait's place among the waiters, for as long as its coroutine lives.
class Waiting {
 public:
  Waiting(std::shared_ptr<Websocket::State> state, asio::steady_timer& timer)
      : state_(std::move(state)), timer_(timer) {
    state_->waiters.push_back(&timer_);
  }
  ~Waiting() { std::erase(state_->waiters, &timer_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::shared_ptr<Websocket::State> state_;
  asio::steady_timer& timer_;
};

EndedBy ended_by(const boost::system::error_code& error) {
  // Beast also aborts a read when a write failed; what we end ourselves has its ending before.
  return error == asio::error::eof ? EndedBy::fin : EndedBy::rst;
}

}  // namespace

std::string Tap::answer_to(const std::string& request) {
  constexpr std::string_view name = "Sec-WebSocket-Key: ";
  const auto at = request.find(name) + name.size();
  const auto key = std::string_view(request).substr(at, request.find("\r\n", at) - at);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         accept_digest(key) + "\r\n\r\n";
}

Websocket::State::State(Tap tap, const Limits& bounds, std::string selected)
    : stream(std::move(tap)),
      limits(bounds),
      subprotocol(std::move(selected)),
      bytes_left(session_messages * bounds.frame) {
  stream.auto_fragment(false);
  stream.write_buffer_bytes(write_buffer);
  stream.read_message_max(limits.frame);
  stream.control_callback(OnControl{this});
}

void Websocket::State::open() {
  Error error;
  stream.handshake("localhost", "/", error);
  if (error) std::abort();  // both ends of it are ours
  read();
}

void Websocket::State::notify() {
  for (asio::steady_timer* waiter : waiters) waiter->cancel();
}

asio::awaitable<bool> Websocket::State::changed(Instant until) {
  const auto before = co_await asio::this_coro::cancellation_state;
  if (before.cancelled() != asio::cancellation_type::none || Clock::now() >= until) co_return false;
  asio::steady_timer timer(stream.get_executor(), until);
  const Waiting waiting(shared_from_this(), timer);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto after = co_await asio::this_coro::cancellation_state;
  co_return after.cancelled() == asio::cancellation_type::none;
}

// Paused while the inbox is full, so that a flood waits in the peer's own buffers.
void Websocket::State::read() {
  if (reading || over() || inbox_bytes > limits.frame || inbox.size() >= limits.frames) return;
  stream.next_layer().allow(message_allowance(limits));
  read_on();
}

// Of a message; what waits for one holds a small buffer, where Beast would take 1536 bytes.
void Websocket::State::read_on() {
  reading = true;
  const std::size_t most = std::max(read_buffer, incoming.size());
  stream.async_read_some(incoming, most, OnRead{shared_from_this()});
}

void Websocket::State::on_read(Error error) {
  reading = false;
  if (error) return finish(error);
  if (over()) return;
  if (!stream.is_message_done()) return read_on();
  if (!count()) return;
  const auto data = incoming.cdata();
  Message message{.payload = {static_cast<const char*>(data.data()), data.size()},
                  .binary = stream.got_binary(),
                  .at = Clock::now()};
  if (message.payload.size() > bytes_left) {
    return blame(Reason::too_many_frames, "the session's messages exceed its bound of bytes");
  }
  bytes_left -= message.payload.size();
  inbox_bytes += message.payload.size();
  inbox.push_back(std::move(message));
  incoming.clear();
  if (incoming.capacity() > keep_capacity) incoming.shrink_to_fit();
  notify();
  read();
}

bool Websocket::State::count() {
  if (++frames <= limits.frames) return true;
  blame(Reason::too_many_frames, fmt::format("more than {} frames (limits.frames)", limits.frames));
  return false;
}

void Websocket::State::on_control(websocket::frame_type kind, std::string_view payload) {
  if (over() || !count()) return;
  if (kind == websocket::frame_type::pong && payload == std::to_string(pings)) {
    pong = Clock::now() - pinged;
  } else if (kind == websocket::frame_type::close && !closing) {
    const auto code = stream.reason().code;
    ending = Ending{.by = EndedBy::close_frame,
                    .code = code == websocket::close_code::none ? 0 : code,
                    .reason = std::string(payload)};
  }
  notify();
}

void Websocket::State::blame(Reason reason, std::string detail) {
  if (!fault) fault = Failure{reason, std::move(detail)};
  drop(EndedBy::us);
}

// The stream is over. Beast's own verdicts on the peer are faults; the rest says who ended it.
void Websocket::State::finish(Error error) {
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return blame(Reason::message_too_big,
                 fmt::format("a message exceeds {} bytes (limits.frame)", limits.frame));
  }
  if (error == asio::error::message_size) {
    return blame(Reason::too_many_frames, "a message comes in endless fragments");
  }
  if (error == websocket::error::bad_frame_payload) {
    return blame(Reason::malformed, "a text message is not UTF-8");
  }
  if (error == websocket::error::bad_reserved_bits) {
    return blame(Reason::extension_fault,
                 "a frame has reserved bits set, and no extension was negotiated");
  }
  if (error == websocket::condition::protocol_violation) {
    return blame(Reason::protocol_error, error.message());
  }
  drop(closing ? EndedBy::us : ended_by(error));
}

void Websocket::State::drop(EndedBy by) {
  if (!ending) ending = Ending{.by = by, .code = by == EndedBy::us ? close_code : 0, .reason = {}};
  stream.next_layer().transport().close();
  notify();
}

void Websocket::State::write(std::string_view payload, bool binary) {
  outgoing = payload;
  writing = true;
  stream.binary(binary);
  stream.async_write(asio::buffer(outgoing), OnWritten{shared_from_this()});
}

void Websocket::State::ping() {
  pong.reset();
  pinging = true;
  pinged = Clock::now();
  const std::string payload = std::to_string(++pings);
  stream.async_ping(websocket::ping_data(payload), OnPinged{shared_from_this()});
}

void Websocket::State::close(std::uint16_t code) {
  closing = true;
  close_code = code;
  stream.async_close(websocket::close_code(code), OnClosed{shared_from_this()});
}

void Websocket::State::on_written(Error error) {
  writing = false;
  write_error = error;
  if (outgoing.capacity() > keep_capacity) outgoing = std::string();
  notify();
}

Websocket open_session(std::unique_ptr<Transport> line, std::string rest, const Limits& limits,
                       std::string subprotocol) {
  Tap tap(std::move(line), std::move(rest), 0);
  auto state = std::make_shared<Websocket::State>(std::move(tap), limits, std::move(subprotocol));
  state->open();
  return Websocket(std::move(state));
}

}  // namespace sonde::net
