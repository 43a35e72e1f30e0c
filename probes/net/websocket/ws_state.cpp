#include "probes/net/websocket/ws_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/websocket/ws_fault.hpp"
#include "probes/net/websocket/ws_handshake.hpp"

namespace sonde::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t session_messages = 64;  // of the largest size, for a session
constexpr std::size_t waiting_max = 4096;     // with more unsent bytes, pings are not answered
constexpr Span last_words_max = std::chrono::seconds(1);

// A message of the largest size in small fragments has headers of the same size again.
std::size_t message_allowance(const Limits& limits) { return 2 * limits.frame + 65536; }

// The handlers of the transport's operations. They hold the state, so it outlives them.
struct OnRead {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code error, std::size_t bytes) const {
    state->on_read(error, bytes);
  }
};
struct OnWritten {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code error, std::size_t bytes) const {
    state->on_written(error, bytes);
  }
};

struct OnLate {
  std::shared_ptr<Websocket::State> state;
  void operator()(boost::system::error_code error) const {
    if (!error) state->shut();
  }
};

// Registers a waiter as long as its coroutine lives.
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

// The code of our close frame after a protocol violation of the peer (RFC 6455 section 7.4.1).
int code_for(Reason reason) {
  if (reason == Reason::malformed) return 1007;
  if (reason == Reason::too_many_frames) return 1008;
  return reason == Reason::message_too_big ? 1009 : 1002;
}

EndedBy ended_by(const boost::system::error_code& error) {
  return error == asio::error::eof ? EndedBy::fin : EndedBy::rst;
}

}  // namespace

Websocket::State::State(std::unique_ptr<Transport> line, std::string rest, const Limits& bounds,
                        std::string selected)
    : transport(std::move(line)),
      limits(bounds),
      subprotocol(std::move(selected)),
      reader(std::move(rest), bounds.frame),
      arrived(Clock::now()),
      bytes_left(session_messages * bounds.frame),
      allowance(message_allowance(bounds)) {}

void Websocket::State::notify() {
  for (asio::steady_timer* waiter : waiters) waiter->cancel();
}

asio::awaitable<bool> Websocket::State::changed(Instant until) {
  const auto before = co_await asio::this_coro::cancellation_state;
  if (before.cancelled() != asio::cancellation_type::none || Clock::now() >= until) co_return false;
  asio::steady_timer timer(transport->executor(), until);
  const Waiting waiting_here(shared_from_this(), timer);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  const auto after = co_await asio::this_coro::cancellation_state;
  co_return after.cancelled() == asio::cancellation_type::none;
}

// More data waits in the peer's buffers.
bool Websocket::State::is_full() const {
  return !closing && (inbox_bytes > limits.frame || inbox.size() >= limits.frames);
}

void Websocket::State::read() {
  take_frames();
  if (reading || over() || closed || is_full()) return;
  reading = true;
  const auto space = reader.space();
  transport->read_some({space.data(), space.size()}, OnRead{shared_from_this()});
}

void Websocket::State::on_read(Error error, std::size_t bytes) {
  reading = false;
  if (over()) return;
  if (error) return end(closing ? EndedBy::us : ended_by(error));
  if (bytes > allowance)
    return blame({Reason::too_many_frames, "a message comes in endless fragments"});
  allowance -= bytes;
  const Instant now = Clock::now();
  survived = std::max(survived, now - std::exchange(arrived, now));
  reader.received(bytes);
  read();
}

// The end of the peer, or our own if we had closed before.
void Websocket::State::end(EndedBy by) {
  reader.ended();
  if (by != EndedBy::us && reader.failure()) return blame(*reader.failure());
  if (by != EndedBy::us && reader.is_within())
    ending = Ending{.by = by, .code = 0, .reason = "within a frame"};
  drop(by);
}

// Replies to the frames of one read are sent together, so that a Close is not lost after a Pong.
void Websocket::State::take_frames() {
  gathering = true;
  while (!over() && !closed && !is_full()) {
    auto heard = reader.next();
    if (!heard) break;
    take(*std::move(heard));
  }
  if (reader.failure() && !over()) blame(*reader.failure());
  gathering = false;
  if (flying.empty()) write_on();
}

void Websocket::State::take(FrameReader::Heard heard) {
  if (!count()) return;
  switch (heard.opcode) {
    case Opcode::ping:
      if (waiting.size() < waiting_max) write(Opcode::pong, heard.payload);
      break;
    case Opcode::pong:
      if (heard.payload == std::to_string(pings)) pong = Clock::now() - pinged;
      break;
    case Opcode::close:
      return take_close(heard);
    default:
      return take_message(std::move(heard));
  }
  notify();
}

void Websocket::State::take_message(FrameReader::Heard heard) {
  allowance = message_allowance(limits);
  // What comes while we close is kept within the same bounds, and the rest is dropped.
  const bool full = inbox_bytes > limits.frame || inbox.size() >= limits.frames;
  if (closing && (full || heard.payload.size() > bytes_left)) return;
  if (heard.payload.size() > bytes_left)
    return blame({Reason::too_many_frames, "the session's messages exceed its bound of bytes"});
  bytes_left -= heard.payload.size();
  inbox_bytes += heard.payload.size();
  inbox.push_back({.payload = std::move(heard.payload),
                   .binary = heard.opcode == Opcode::binary,
                   .at = arrived});
  notify();
}

// The content of a Close counts, even if the frame violates the protocol. One that meets ours and
// has another code is no echo of it (RFC 6455 section 5.5.1), but the end that the server meant.
void Websocket::State::take_close(const FrameReader::Heard& heard) {
  const CloseText close = close_text(heard.payload);
  if (closing) {
    closed = true;
    if (close.code != 0 && close.code != close_code)
      ending = Ending{.by = EndedBy::close_frame,
                      .code = close.code,
                      .reason = std::string(readable(close.reason))};
    return notify();
  }
  ending = Ending{.by = EndedBy::close_frame,
                  .code = close.code,
                  .reason = std::string(readable(close.reason))};
  if (!heard.fault.empty()) return blame({Reason::protocol_error, heard.fault});
  write(Opcode::close, make_close(close.code));
  drop(EndedBy::us);
}

bool Websocket::State::count() {
  if (closing || ++frames <= limits.frames) return true;
  blame(
      {Reason::too_many_frames, fmt::format("more than {} frames (limits.frames)", limits.frames)});
  return false;
}

void Websocket::State::blame(Failure failure) {
  if (!closing) {
    close_code = code_for(failure.reason);
    write(Opcode::close, make_close(close_code));
    fault = std::move(failure);
  }
  drop(EndedBy::us);
}

std::uint64_t Websocket::State::write(Opcode opcode, std::string_view payload) {
  const std::string frame = make_frame(opcode, payload, make_mask());
  waiting += frame;
  queued += frame.size();
  if (flying.empty() && !gathering) write_on();
  return queued;
}

void Websocket::State::write_on() {
  if (flying.empty()) flying = std::exchange(waiting, {});
  if (flying.empty() || write_error) return;
  const asio::const_buffer rest(flying.data() + sent, flying.size() - sent);
  transport->write_some({&rest, 1}, OnWritten{shared_from_this()});
}

// After a failed write the session is ended by its reads, which know the reason.
void Websocket::State::on_written(Error error, std::size_t bytes) {
  sent += bytes;
  written += bytes;
  write_error = error;
  const bool whole = sent == flying.size();
  if (whole) {
    flying = {};
    flying.shrink_to_fit();
    sent = 0;
  }
  if (error || whole) notify();
  write_on();
  if (over()) write_out();
}

void Websocket::State::ping() {
  pong.reset();
  pinged = Clock::now();
  write(Opcode::ping, std::to_string(++pings));
}

void Websocket::State::close(std::uint16_t code) {
  closing = true;
  close_code = code;
  write(Opcode::close, make_close(code));
  read();
}

void Websocket::State::drop(EndedBy by) {
  if (!ending) ending = Ending{.by = by, .code = by == EndedBy::us ? close_code : 0, .reason = {}};
  write_out();
  notify();
}

void Websocket::State::abandon(EndedBy by) {
  waiting.clear();
  drop(by);
  shut();
}

// Writes the rest of the queue, and then ends the connection.
void Websocket::State::write_out() {
  if (flying.empty()) write_on();
  if (flying.empty() || write_error) return shut();
  if (last_words) return;
  last_words.emplace(transport->executor(), last_words_max);
  last_words->async_wait(OnLate{shared_from_this()});
}

void Websocket::State::shut() {
  if (last_words) last_words->cancel();
  transport->finish_sending();
  transport->close();
}

Websocket open_session(std::unique_ptr<Transport> line, std::string rest, const Limits& limits,
                       std::string subprotocol) {
  auto state = std::make_shared<Websocket::State>(std::move(line), std::move(rest), limits,
                                                  std::move(subprotocol));
  state->read();
  return Websocket(std::move(state));
}

}  // namespace sonde::net
