#include "probes/talk/hear.hpp"

#include <algorithm>

#include "probes/talk/steps.hpp"

namespace asio = boost::asio;

namespace sonde::talk {
namespace {

using How = Arrival::How;

bool is_event(const EventSpec& spec, std::string_view type) {
  return spec.types.empty() ? spec.id == type
                            : std::ranges::find(spec.types, type) != spec.types.end();
}

bool is_welcome(const Dialect& dialect, const Ready& ready, const Frame& frame,
                text::Names& names) {
  if (std::ranges::find(ready.type, frame.type) != ready.type.end()) return true;
  if (!dialect.ready.type.empty() && matches(dialect.ready, frame.type, frame.body(), names))
    return true;
  return std::ranges::any_of(dialect.rules_of_events.events, [&](const EventSpec& spec) {
    return spec.terminal != Terminal::bad && is_event(spec, frame.type);
  });
}

bool acknowledges(const Dialect& dialect) {
  return std::ranges::any_of(dialect.steps,
                             [](const ScriptStep& step) { return step.expect.has_value(); });
}

std::optional<Heard> meaning(const Failure& failed, const net::Websocket& session) {
  if (session.ended()) return Heard::ended;
  if (failed.reason == Reason::auth_rejected_after_accept) return Heard::refusal;
  if (failed.reason == Reason::cut) return Heard::silence;
  return std::nullopt;
}

std::optional<Heard> meaning(const Arrival& arrival, const Ready& ready, Listener& listener) {
  switch (arrival.how) {
    case How::ended:
      return Heard::ended;
    case How::cut:
    case How::silence:
      return Heard::silence;
    case How::failed:
      return meaning(*arrival.failure, listener.session());
    case How::frame:
      break;
  }
  if (!is_welcome(listener.dialect(), ready, *arrival.frame, listener.names())) return std::nullopt;
  return Heard::welcome;
}

}  // namespace

asio::awaitable<Heard> overhear(net::Websocket& session, const Dialect& dialect, const Ready& ready,
                                Instant until, text::Names& names, Trace& trace) {
  const auto set = set_vars(dialect, names, true);
  if (!set) co_return Heard::silence;
  Listener listener(session, dialect, names, trace);
  const auto failed = co_await take_steps(listener, dialect.steps, Step::ready);
  std::optional<Heard> heard = failed ? meaning(*failed, session) : std::nullopt;
  const bool awaits_none = ready.type.empty() && ready.json.empty();
  if (!failed && awaits_none && acknowledges(dialect)) heard = Heard::welcome;
  while (!heard) {
    const auto arrival = co_await listener.next(until, Step::ready);
    heard = meaning(arrival, ready, listener);
  }
  co_return *heard;
}

}  // namespace sonde::talk
