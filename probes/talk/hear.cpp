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

// One who listens for a refusal.
class Overhearing {
 public:
  Overhearing(Listener& listener, const Ready& ready, const RefusedBy& refused_by)
      : listener_(listener), ready_(ready), refused_by_(refused_by) {}

  asio::awaitable<Heard> run() {
    const Dialect& dialect = listener_.dialect();
    const bool by_silence = refused_by_.silence > Span{};
    const Instant until = Clock::now() + (by_silence ? refused_by_.silence : ready_.within);
    const auto failed = co_await take_steps(listener_, dialect.steps, Step::ready);
    std::optional<Heard> heard = failed ? meaning(*failed) : std::nullopt;
    const bool awaits_none = ready_.type.empty() && ready_.json.empty();
    if (!failed && awaits_none && acknowledges(dialect)) heard = Heard::welcome;
    while (!heard) {
      const auto arrival = co_await listener_.next(until, Step::ready);
      heard = meaning(arrival);
    }
    co_return heard == Heard::silence&& by_silence ? Heard::refusal : *heard;
  }

 private:
  // The end is seen only once everything before it was heard.
  Heard at_end() const {
    const Ending& ending = *listener_.session().ended();
    return refuses(refused_by_, ending, listener_.dialect()) ? Heard::refusal : Heard::ended;
  }

  std::optional<Heard> meaning(const Failure& failed) const {
    if (listener_.session().ended()) return at_end();
    if (failed.reason == Reason::auth_rejected_after_accept) return Heard::refusal;
    const bool ours = row(failed.reason).outcome == Outcome::inconclusive;
    if (ours || failed.reason == Reason::cut) return Heard::unclear;
    return std::nullopt;
  }

  std::optional<Heard> meaning(const Arrival& arrival) const {
    switch (arrival.how) {
      case How::ended:
        return at_end();
      case How::cut:
        return Heard::unclear;
      case How::silence:
        return Heard::silence;
      case How::failed:
        return meaning(*arrival.failure);
      case How::frame:
        break;
    }
    const Dialect& dialect = listener_.dialect();
    if (is_welcome(dialect, ready_, *arrival.frame, listener_.names())) return Heard::welcome;
    return std::nullopt;
  }

  Listener& listener_;
  const Ready& ready_;
  const RefusedBy& refused_by_;
};

}  // namespace

asio::awaitable<Heard> overhear(net::Websocket& session, const Dialect& dialect, const Ready& ready,
                                const RefusedBy& refused_by, text::Names& names, Trace& trace) {
  const auto set = set_vars(dialect, names, true);
  if (!set) co_return Heard::unclear;
  Listener listener(session, dialect, names, trace);
  listener.want_refusal(refused_by.frame ? &*refused_by.frame : nullptr);
  Overhearing overhearing(listener, ready, refused_by);
  const Heard heard = co_await overhearing.run();
  co_return heard;
}

}  // namespace sonde::talk
