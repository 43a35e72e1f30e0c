#include "probes/dialect/steps.hpp"

#include <fmt/format.h>

#include "probes/dialect/ready.hpp"
#include "probes/net/error_text.hpp"
#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

// A write fails before the read reports the cause: how long to wait for that.
constexpr Span end_wait = std::chrono::milliseconds(250);

std::string wanted(const Acknowledgement& expected) {
  if (!expected.frame.type.empty())
    return fmt::format("{}", fmt::join(expected.frame.type, " or "));
  return "acknowledgement";
}

Failure silent(const Acknowledgement& expected, Step at, int others) {
  return {at == Step::events ? Reason::timeout : Reason::no_ready,
          fmt::format("no {} within {:.3f} s; {} other messages came", wanted(expected),
                      seconds(expected.within), others)};
}

// Why a frame was not sent, with a reason that is possible at `at`.
Failure unsent(const Failure& failed, Step at) {
  if (failed.reason != Reason::send_failed || at == Step::events) return failed;
  return {Reason::no_ready, "a step was not sent: " + failed.detail};
}

asio::awaitable<std::optional<Failure>> wait(Listener& listener, const Acknowledgement& expected,
                                             Step at) {
  const Instant until = Clock::now() + expected.within;
  for (int others = 0;; ++others) {
    auto arrival = co_await listener.next(until, at);
    switch (arrival.how) {
      case Arrival::How::ended:
        co_return ended_at(at, listener.session(), listener.dialect(), listener.trace());
      case Arrival::How::cut:
        co_return cut_failure();
      case Arrival::How::silence:
        co_return silent(expected, at, others);
      case Arrival::How::failed:
        co_return arrival.failure;
      case Arrival::How::frame:
        break;
    }
    const Frame& frame = *arrival.frame;
    if (!matches(expected.frame, frame.type, frame.body(), listener.names())) continue;
    capture(expected.capture, frame.body(), listener.names());
    listener.answered(frame);
    co_return std::nullopt;
  }
}

}  // namespace

namespace {

// The error in the last message before the end: a rule may have ignored it.
std::string said_before_end(const Trace& trace) {
  constexpr std::size_t error_bytes_max = 200;
  for (auto frame = trace.frames().rbegin(); frame != trace.frames().rend(); ++frame) {
    if (frame->direction != Direction::in || frame->kind != "text") continue;
    const auto document = text::Document::parse(frame->text);
    const std::string said = document ? net::error_in(document->root()) : std::string();
    return said.empty() ? ""
                        : "; before it the server says: " + text::shorten(said, error_bytes_max);
  }
  return "";
}

}  // namespace

Failure ended_at(Step at, const net::Websocket& session, const Dialect& dialect, Trace& trace) {
  const Ending& ending = *session.ended();
  trace.ended(ending);
  if (at != Step::events) {
    Failure failure = ended_before_ready(ending, dialect.refusal_codes, session.fault());
    if (failure.reason != Reason::cut) failure.detail += said_before_end(trace);
    return failure;
  }
  if (session.fault()) return *session.fault();
  return {Reason::closed_midstream, describe(ending) + " before the prompt was sent"};
}

asio::awaitable<Failure> not_sent(Listener& listener, Failure failed, Step at) {
  const Instant until = Clock::now() + end_wait;
  Arrival arrival;
  arrival.how = failed.reason == Reason::send_failed ? Arrival::How::frame : Arrival::How::silence;
  while (arrival.how == Arrival::How::frame) arrival = co_await listener.next(until, at);
  if (arrival.how == Arrival::How::cut) co_return cut_failure();
  if (arrival.how == Arrival::How::failed) co_return *std::move(arrival.failure);
  if (arrival.how == Arrival::How::silence) co_return unsent(failed, at);
  const net::Websocket& session = listener.session();
  const bool said = session.fault() || session.ended()->by == EndedBy::close_frame;
  Failure ended = ended_at(at, session, listener.dialect(), listener.trace());
  if (!said && at == Step::events) ended.reason = Reason::send_failed;
  co_return ended;
}

asio::awaitable<std::optional<Failure>> take_steps(Listener& listener,
                                                   const std::vector<ScriptStep>& steps, Step at) {
  for (const auto& step : steps) {
    if (!step.send.empty()) {
      const auto sent = co_await listener.say(step.send);
      if (!sent) {
        auto failed = co_await not_sent(listener, sent.error(), at);
        co_return failed;
      }
    }
    if (step.request) {
      auto failed = co_await send_by_http(*step.request, listener.session(), listener.names(), at,
                                          listener.trace());
      if (failed) co_return failed;
    }
    if (!step.expect) continue;
    auto failed = co_await wait(listener, *step.expect, at);
    if (failed) co_return failed;
  }
  co_return std::nullopt;
}

}  // namespace sonde::dialect
