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

// What listening came to: a frame that no rule has dealt with, the time limit, the end of the run
// (its deadline, or the daemon stops), the end of the session (which says how it ended), or a
// failure: of a frame or message, by a rule of the dialect, own_request.
struct Arrival {
  enum class How : std::uint8_t { frame, silence, cut, ended, failed };
  How how = How::silence;
  std::optional<Frame> frame;
  Instant at;  // of the frame's message
  std::optional<Failure> failure;
};

// Hears a session frame by frame: records messages, cuts and decodes them, does what the dialect's
// rules say, and sends what it says to send from time to time, counted from the start of the
// session. Everything that it is given must outlive it. One at a time for a session, which may have
// one after the other.
class Listener {
 public:
  Listener(net::Websocket& session, const Dialect& dialect, text::Names& names, Trace& trace);

  // From now on it is a refusal that is wanted, so that nothing is wrong with a frame that a rule
  // fails; and such a frame, if not null, is auth_rejected_after_accept, whatever the rules say of
  // it. It must outlive the listener.
  // `opens`: what says, wherever it comes, that the session is open all the same; see opened().
  void want_refusal(const FrameMatch* frame, std::function<bool(const Frame&)> opens) {
    wants_refusal_ = true;
    refusal_ = frame;
    opens_ = std::move(opens);
  }

  // The next frame, if it comes until then. A failure has a reason that a run can have at `step`.
  boost::asio::awaitable<Arrival> next(Instant until, Step step);

  // The two parts of it: what is there already, and a wait until it pays to look again (frame), or
  // silence, cut or ended.
  std::optional<Arrival> take(Step step);
  boost::asio::awaitable<Arrival::How> wait(Instant until);

  // Sends and records a frame of the dialect. own_request, send_failed, cut.
  boost::asio::awaitable<std::expected<void, Failure>> say(const text::Tree& frame);

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
  std::optional<Failure> failure_;  // behind the frames
};

// When what is sent every so often is due next, in a session that began then; pure.
Instant next_beat(Instant begun, Span every, Instant now);

// Sends and records a frame.
boost::asio::awaitable<std::expected<void, Failure>> send(net::Websocket& session,
                                                          const Outgoing& frame, Trace& trace);

}  // namespace sonde::dialect
