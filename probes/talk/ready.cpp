#include "probes/talk/ready.hpp"

#include <fmt/format.h>

#include "probes/talk/frame.hpp"

namespace asio = boost::asio;

namespace sonde::talk {
namespace {

bool at_once(const Ready& ready) {
  return ready.type.empty() && ready.json.empty() && !ready.identity.at;
}

Failure ended(const net::Websocket& session, Trace& trace) {
  trace.ended(*session.ended());
  return session.fault() ? *session.fault() : ended_before_ready(*session.ended());
}

Failure silent(const Ready& ready, int others) {
  const std::string wanted =
      ready.type.empty() ? "ready message" : fmt::format("{}", fmt::join(ready.type, " or "));
  return {Reason::no_ready, fmt::format("no {} within {:.3f} s; {} other messages came", wanted,
                                        seconds(ready.within), others)};
}

asio::awaitable<std::optional<Failure>> wait(net::Websocket& session, const Ready& ready,
                                             const Dialect& dialect, text::Names& names,
                                             Trace& trace) {
  const Instant until = Clock::now() + ready.within;
  for (int others = 0;; ++others) {
    const auto message = co_await session.receive(until);
    const bool cut = co_await was_cut();
    if (!message && session.ended()) co_return ended(session, trace);
    if (!message && cut) co_return Failure{Reason::cut, ""};
    if (!message) co_return silent(ready, others);
    auto frame = co_await take(session, *message, Step::ready, dialect, names, trace);
    if (!frame) co_return frame.error();
    if (!*frame) continue;
    auto failed = check_ready(ready, (*frame)->type, (*frame)->body(), names);
    if (failed) trace.remark(failed->detail);
    co_return failed;
  }
}

}  // namespace

asio::awaitable<std::optional<Failure>> await_ready(net::Websocket& session, const Ready& ready,
                                                    const Dialect& dialect, text::Names& names,
                                                    Trace& trace) {
  trace.at(Step::ready);
  if (at_once(ready)) co_return std::nullopt;
  trace.open(Phase::ready);
  auto failed = co_await wait(session, ready, dialect, names, trace);
  if (failed && failed->reason == Reason::cut)
    co_return failed;  // the deadline's phase is this one
  trace.close(Phase::ready);
  if (failed) failed->detail = trace.scrub(failed->detail);
  co_return failed;
}

}  // namespace sonde::talk
