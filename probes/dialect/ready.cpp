#include "probes/dialect/ready.hpp"

#include <fmt/format.h>

#include "probes/dialect/steps.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

bool at_once(const Ready& ready) {
  return ready.type.empty() && ready.json.empty() && !ready.identity.at;
}

Failure silent(const Ready& ready) {
  const std::string wanted =
      ready.type.empty() ? "ready message" : fmt::format("{}", fmt::join(ready.type, " or "));
  return {Reason::no_ready, fmt::format("no {} within {:.3f} s", wanted, seconds(ready.within))};
}

asio::awaitable<std::optional<Failure>> wait(Listener& listener, const Ready& ready) {
  const auto arrival = co_await listener.next(Clock::now() + ready.within, Step::ready);
  switch (arrival.how) {
    case Arrival::How::ended:
      co_return ended_at(Step::ready, listener.session(), listener.dialect(), listener.trace());
    case Arrival::How::cut:
      co_return cut_failure();
    case Arrival::How::silence:
      co_return silent(ready);
    case Arrival::How::failed:
      co_return arrival.failure;
    case Arrival::How::frame:
      break;
  }
  const Frame& frame = *arrival.frame;
  auto failed = check_ready(ready, frame.type, frame.body(), listener.names());
  if (failed) listener.trace().remark(failed->detail);
  co_return failed;
}

// The variables of the session, which its steps may say, then the steps, then the ready message.
asio::awaitable<std::optional<Failure>> greet(Listener& listener, const Ready& ready) {
  const Dialect& dialect = listener.dialect();
  const auto set = set_vars(dialect, listener.names());
  if (!set) co_return set.error();
  if (!dialect.steps.empty()) {
    auto failed = co_await take_steps(listener, dialect.steps, Step::ready);
    if (failed) co_return failed;
  }
  if (at_once(ready)) co_return std::nullopt;
  auto failed = co_await wait(listener, ready);
  co_return failed;
}

}  // namespace

asio::awaitable<std::optional<Failure>> await_ready(net::Websocket& session, const Ready& ready,
                                                    const Dialect& dialect, text::Names& names,
                                                    Trace& trace) {
  trace.at(Step::ready);
  if (at_once(ready) && dialect.steps.empty()) co_return std::nullopt;
  trace.open(Phase::ready);
  Listener listener(session, dialect, names, trace);
  auto failed = co_await greet(listener, ready);
  if (failed && failed->reason == Reason::cut)
    co_return failed;  // the deadline's phase is this one
  trace.close(Phase::ready);
  if (failed) failed->detail = trace.scrub(failed->detail);
  co_return failed;
}

}  // namespace sonde::dialect
