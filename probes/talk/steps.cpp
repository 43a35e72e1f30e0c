#include "probes/talk/steps.hpp"

#include <fmt/format.h>

#include "probes/talk/ready.hpp"

namespace asio = boost::asio;

namespace sonde::talk {
namespace {

using How = Arrival::How;

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

// A session that was ended while we sent says more than that the send failed.
Failure unsent(const Failure& failed, Step at, Listener& listener) {
  const net::Websocket& session = listener.session();
  if (failed.reason != Reason::send_failed) return failed;
  if (session.ended()) return ended_at(at, session, listener.dialect(), listener.trace());
  return at == Step::events ? failed
                            : Failure{Reason::no_ready, "a step was not sent: " + failed.detail};
}

asio::awaitable<std::optional<Failure>> wait(Listener& listener, const Acknowledgement& expected,
                                             Step at) {
  const Instant until = Clock::now() + expected.within;
  for (int others = 0;; ++others) {
    auto arrival = co_await listener.next(until, at);
    switch (arrival.how) {
      case How::ended:
        co_return ended_at(at, listener.session(), listener.dialect(), listener.trace());
      case How::cut:
        co_return Failure{Reason::cut, ""};
      case How::silence:
        co_return silent(expected, at, others);
      case How::failed:
        co_return arrival.failure;
      case How::frame:
        break;
    }
    const Frame& frame = *arrival.frame;
    if (!matches(expected.frame, frame.type, frame.body(), listener.names())) continue;
    capture(expected.capture, frame.body(), listener.names());
    co_return std::nullopt;
  }
}

}  // namespace

Failure ended_at(Step at, const net::Websocket& session, const Dialect& dialect, Trace& trace) {
  const Ending& ending = *session.ended();
  trace.ended(ending);
  if (session.fault()) return *session.fault();
  if (at != Step::events) return ended_before_ready(ending, dialect.refusal_codes);
  return {Reason::closed_midstream,
          fmt::format("the session ended ({}{}) before the prompt was sent", name(ending.by),
                      ending.code == 0 ? "" : fmt::format(" {}", ending.code))};
}

asio::awaitable<std::optional<Failure>> take_steps(Listener& listener,
                                                   const std::vector<ScriptStep>& steps, Step at) {
  for (const auto& step : steps) {
    if (!step.send.empty()) {
      const auto sent = co_await listener.say(step.send);
      if (!sent) co_return unsent(sent.error(), at, listener);
    }
    if (!step.expect) continue;
    auto failed = co_await wait(listener, *step.expect, at);
    if (failed) co_return failed;
  }
  co_return std::nullopt;
}

}  // namespace sonde::talk
