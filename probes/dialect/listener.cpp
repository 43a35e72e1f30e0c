#include "probes/dialect/listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {

Listener::Listener(net::Websocket& session, const Dialect& dialect, text::Names& names,
                   Trace& trace)
    : session_(session), dialect_(dialect), names_(names), trace_(trace) {
  const Instant now = Clock::now();
  for (const auto& timed : dialect.timed)
    beats_.push_back(next_beat(session.opened(), timed.every, now));
}

asio::awaitable<Arrival> Listener::next(Instant until, Step step) {
  while (true) {
    if (auto arrival = take(step)) co_return std::move(*arrival);
    const Arrival::How how = co_await wait(until);
    if (how != Arrival::How::frame)
      co_return Arrival{.how = how, .frame = {}, .at = {}, .failure = {}};
  }
}

// Pending sends go first.
std::optional<Arrival> Listener::take(Step step) {
  while (to_send_.empty()) {
    if (auto arrival = waiting()) return arrival;
    const auto message = session_.take();
    if (!message) return std::nullopt;
    hear(*message, step);
  }
  return std::nullopt;
}

asio::awaitable<Arrival::How> Listener::wait(Instant until) {
  if (!to_send_.empty()) {
    const bool goes_on = co_await flush();
    co_return goes_on ? Arrival::How::frame : Arrival::How::cut;
  }
  if (session_.ended()) co_return Arrival::How::ended;
  const bool changed = co_await session_.changed(std::min(until, earliest_beat()));
  // What arrived meanwhile, the end included, takes precedence over the time limit.
  if (changed || session_.has_message()) co_return Arrival::How::frame;
  session_.take();
  if (session_.ended()) co_return Arrival::How::ended;
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return Arrival::How::cut;
  const Instant now = Clock::now();
  if (now >= until) co_return Arrival::How::silence;
  beat(now);
  co_return Arrival::How::frame;
}

asio::awaitable<std::expected<void, Failure>> Listener::say(const text::Tree& frame) {
  auto made = make_frame(dialect_, frame, names_);
  if (!made) co_return std::unexpected(made.error());
  auto sent = co_await send(session_, *made, trace_);
  co_return sent;
}

std::optional<Arrival> Listener::waiting() {
  if (taken_ < frames_.size())
    return Arrival{.how = Arrival::How::frame,
                   .frame = std::move(frames_[taken_++]),
                   .at = at_,
                   .failure = {}};
  if (!failure_) return std::nullopt;
  return Arrival{.how = Arrival::How::failed,
                 .frame = {},
                 .at = at_,
                 .failure = std::exchange(failure_, std::nullopt)};
}

void Listener::hear(const net::Message& message, Step step) {
  const bool as_hex =
      message.binary && (dialect_.framing.codec == Coding::hex || !text::is_utf8(message.payload));
  trace_.frame(Direction::in, message.binary ? "binary" : "text", message.payload, message.at,
               as_hex);
  frames_.clear();
  taken_ = 0;
  at_ = message.at;
  if (dialect_.framing.split.empty()) {
    hear_piece(message.payload, step);
    return;
  }
  const auto pieces = cut(dialect_.framing, message.payload);
  if (!pieces) {
    fail(pieces.error());
    return;
  }
  for (const auto piece : *pieces)
    if (!hear_piece(piece, step)) return;
}

// False: the rest of the message is skipped.
bool Listener::hear_piece(std::string_view piece, Step step) {
  auto frame = decode(dialect_, piece);
  if (!frame) return fail(frame.error());
  const auto items = items_of(dialect_, *frame);
  if (!items) return hear_frame(*std::move(frame), step);
  if (items->size() > frames_max)
    return fail(
        {Reason::too_many_frames, fmt::format("more than {} events in one message", frames_max)});
  for (std::size_t i = 0; i < items->size(); ++i) {
    auto item = decode_item(dialect_, items->item(i));
    if (!item) return fail(item.error());
    if (!hear_frame(*std::move(item), step)) return false;
  }
  return true;
}

bool Listener::hear_frame(Frame frame, Step step) {
  if (opens_ && opens_(frame)) opened_ = true;
  if (refusal_ != nullptr && matches(*refusal_, frame.type, frame.body(), names_))
    return fail({Reason::auth_rejected_after_accept,
                 frame.type.empty() ? "the message of refused_by came"
                                    : fmt::format("{} came, the message of refused_by",
                                                  text::shorten(frame.type, 60))});
  const SessionRule* rule = rule_for(dialect_, frame.type, frame.body(), names_);
  if (rule) return obey(*rule, frame, step);
  frames_.push_back(std::move(frame));
  return true;
}

bool Listener::obey(const SessionRule& rule, const Frame& frame, Step step) {
  capture(rule.capture, frame.body(), names_);
  if (!rule.fail.empty()) return fail(rule_failure(rule, frame, step));
  if (rule.reply.empty()) return true;
  auto reply = reply_to(dialect_, rule, frame.body(), names_);
  if (!reply) return fail({reply.error().reason, "a rule's reply: " + reply.error().detail});
  to_send_.push_back(*std::move(reply));
  return true;
}

bool Listener::fail(Failure failure) {
  if (!wants_refusal_) trace_.remark(failure.detail);
  failure_ = std::move(failure);
  return false;
}

Instant Listener::earliest_beat() const {
  return beats_.empty() ? Instant::max() : *std::ranges::min_element(beats_);
}

// A missed send is not made up for.
void Listener::beat(Instant now) {
  for (std::size_t i = 0; i < beats_.size(); ++i) {
    if (beats_[i] > now) continue;
    beats_[i] = next_beat(session_.opened(), dialect_.timed[i].every, now);
    auto made = make_frame(dialect_, dialect_.timed[i].send, names_);
    if (made)
      to_send_.push_back(*std::move(made));
    else
      fail(made.error());
  }
}

// A send that fails because the session is over is not a failure of its own: the next receive
// returns how it ended. False: the run was cancelled.
asio::awaitable<bool> Listener::flush() {
  const auto frames = std::exchange(to_send_, {});
  for (const auto& frame : frames) {
    const auto sent = co_await send(session_, frame, trace_);
    if (!sent && sent.error().reason == Reason::cut) co_return false;
  }
  co_return true;
}

Instant next_beat(Instant begun, Span every, Instant now) {
  return begun + ((now - begun) / every + 1) * every;
}

asio::awaitable<std::expected<void, Failure>> send(net::Websocket& session, const Outgoing& frame,
                                                   Trace& trace) {
  auto sent = co_await session.send(frame.payload, frame.binary);
  if (sent)
    trace.frame(Direction::out, frame.binary ? "binary" : "text", frame.payload, Clock::now(),
                frame.binary);
  co_return sent;
}

}  // namespace sonde::dialect
