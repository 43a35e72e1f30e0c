#pragma once
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "probes/dialect/dialect_use.hpp"
#include "probes/dialect/frame.hpp"
#include "probes/net/websocket/websocket.hpp"

namespace sonde::dialect {

// The result of listening: a frame that no rule has handled; the time limit; the run's end (its
// deadline, or the daemon stops); the session's end (which says how it ended); or a failure: of a
// frame or message, by a rule of the dialect, or own_request.
struct Arrival {
  enum class How : std::uint8_t { frame, silence, cut, ended, failed };
  How how = How::silence;
  std::optional<Frame> frame;
  Instant at;  // when the frame's message arrived
  std::optional<Failure> failure;
};

// Reads a session frame by frame: records messages, splits and decodes them, applies the dialect's
// rules, and sends its timed frames, counted from the start of the session. Its arguments have to
// outlive it. A session may have several, but only one at a time.
class Listener {
 public:
  Listener(net::Websocket& session, const Dialect& dialect, text::Names& names, Trace& trace);

  // From now on a frame that matches `frame`, if not null, is auth_rejected_after_accept, whatever
  // the rules say; `frame` has to outlive the listener.
  void refused_by(const FrameMatch* frame) { refusal_ = frame; }

  // From now on a refusal is expected, so a frame that a rule fails is not wrong, and `frame` is as
  // in refused_by(). `opens`: whether a frame shows that the session is open anyway; see opened().
  void want_refusal(const FrameMatch* frame, std::function<bool(const Frame&)> opens) {
    wants_refusal_ = true;
    refusal_ = frame;
    opens_ = std::move(opens);
  }

  // The next frame, until `until`. A failure has a reason that is possible at `step`.
  boost::asio::awaitable<Arrival> next(Instant until, Step step);

  // The two parts of next(): take() returns what has arrived; wait() waits until take() is worth
  // calling again (frame), or returns silence, cut or ended.
  std::optional<Arrival> take(Step step);
  boost::asio::awaitable<Arrival::How> wait(Instant until);

  // Sends and records a frame of the dialect. Fails with own_request, send_failed, cut.
  boost::asio::awaitable<std::expected<void, Failure>> say(const text::Tree& frame);

  // Tells who watches the trace that the session waited for this frame.
  void answered(const Frame& frame) {
    if (trace_.is_watched()) trace_.answered(frame.body().text());
  }

  bool opened() const { return opened_; }

  net::Websocket& session() { return session_; }
  const Dialect& dialect() const { return dialect_; }
  text::Names& names() { return names_; }
  Trace& trace() { return trace_; }

 private:
  std::optional<Arrival> waiting();
  void hear(const net::Message& message, Step step);
  bool hear_piece(std::string_view piece, Step step);
  bool hear_frame(Frame frame, Step step);
  bool obey(const SessionRule& rule, const Frame& frame, Step step);
  bool fail(Failure failure);
  Instant earliest_beat() const;
  void beat(Instant now);
  boost::asio::awaitable<bool> flush();

  net::Websocket& session_;
  const Dialect& dialect_;
  text::Names& names_;
  Trace& trace_;
  const FrameMatch* refusal_ = nullptr;
  std::function<bool(const Frame&)> opens_;
  bool opened_ = false;
  bool wants_refusal_ = false;
  std::vector<Instant> beats_;     // when each timed frame is due
  std::vector<Outgoing> to_send_;  // replies and timed frames
  std::vector<Frame> frames_;      // of the last message
  std::size_t taken_ = 0;
  Instant at_;
  std::optional<Failure> failure_;  // comes after the frames
};

// When a periodic send of a session that began at `begun` is due next. Pure.
Instant next_beat(Instant begun, Span every, Instant now);

// Sends and records a frame.
boost::asio::awaitable<std::expected<void, Failure>> send(net::Websocket& session,
                                                          const Outgoing& frame, Trace& trace);

}  // namespace sonde::dialect
