#include "probes/dialect/await_rejection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/steps.hpp"
#include "probes/text/utf8.hpp"

namespace asio = boost::asio;

namespace sonde::dialect {
namespace {

using How = Arrival::How;

constexpr std::size_t type_shown_max = 60;
constexpr Span settling = std::chrono::seconds(1);

// A client that gets an event of a chat has access, whatever came before.
bool is_event(const Dialect& dialect, const Frame& frame) {
  return std::ranges::any_of(dialect.rules_of_events.events, [&](const EventSpec& spec) {
    return spec.terminal != Terminal::bad && has_type(spec, frame.type);
  });
}

// `perhaps`: it has the type of the ready message and another content: it may be a refusal, or a
// welcome with fewer rights.
enum class Welcome : std::uint8_t { no, perhaps, yes };

Welcome welcome_in(const Dialect& dialect, const Ready& ready, const Frame& frame,
                   text::Names& names) {
  if (is_event(dialect, frame)) return Welcome::yes;
  if (!dialect.ready.type.empty() && matches(dialect.ready, frame.type, frame.body(), names))
    return Welcome::yes;
  const bool typed = !ready.type.empty();
  if (typed && std::ranges::find(ready.type, frame.type) == ready.type.end()) return Welcome::no;
  if (!typed && ready.json.empty() && !ready.identity.at) return Welcome::no;
  const bool named =
      !ready.identity.at || (ready.identity.at->at(frame.body()) &&
                             ready.identity.at->at(frame.body()).kind() != text::Json::Kind::null);
  if (named && !text::mismatch(ready.json, frame.body(), names)) return Welcome::yes;
  return typed ? Welcome::perhaps : Welcome::no;
}

// Listens for a refusal.
class Overhearing {
 public:
  Overhearing(Listener& listener, const Ready& ready, const RefusedBy& refused_by)
      : listener_(listener), ready_(ready), refused_by_(refused_by) {}

  // The messages that were skipped, for people.
  std::string others() const {
    if (others_ == 0) return "";
    const std::string what =
        last_.empty() ? "without a type" : text::shorten(last_, type_shown_max);
    return others_ == 1 ? "1 other message came, " + what
                        : fmt::format("{} other messages came, the last {}", others_, what);
  }

  asio::awaitable<Heard> run() {
    const Dialect& dialect = listener_.dialect();
    const bool by_silence = refused_by_.silence > Span{};
    // A valid session may be silent until its ready message is due.
    const Instant until = Clock::now() + std::max(refused_by_.silence, ready_.within);
    const auto failed = co_await take_steps(listener_, dialect.steps, Step::ready);
    std::optional<Heard> heard = failed ? meaning(*failed) : std::nullopt;
    if (listener_.opened()) heard = Heard::welcome;
    const bool awaits_none = ready_.type.empty() && ready_.json.empty() && !ready_.identity.at;
    if (!failed && awaits_none && acknowledges(dialect)) heard = Heard::welcome;
    while (!heard) {
      const auto arrival = co_await listener_.next(until, Step::ready);
      heard = meaning(arrival);
    }
    if (*heard == Heard::welcome) heard = co_await settle();
    co_return heard == Heard::silence&& by_silence ? Heard::refusal : *heard;
  }

 private:
  // Some servers greet every client before they refuse it, so a welcome counts only if no refusal
  // follows. An event of a chat is more than a greeting.
  asio::awaitable<Heard> settle() {
    const Instant until = Clock::now() + std::min(settling, std::max(ready_.within, Span{}));
    while (!listener_.opened()) {
      const auto arrival = co_await listener_.next(until, Step::ready);
      if (arrival.how == How::silence) break;
      const auto heard = meaning(arrival);
      if (heard && *heard != Heard::welcome) co_return *heard;
    }
    co_return Heard::welcome;
  }

  // The end is reported only once everything before it was processed.
  Heard at_end() const {
    if (listener_.opened()) return Heard::welcome;
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

  std::optional<Heard> meaning(const Arrival& arrival) {
    switch (arrival.how) {
      case How::ended:
        return at_end();
      case How::cut:
        return Heard::unclear;
      case How::silence:
        return perhaps_ ? Heard::welcome : Heard::silence;
      case How::failed:
        pass_over(arrival.failure->detail);
        return meaning(*arrival.failure);
      case How::frame:
        break;
    }
    pass_over(arrival.frame->type);
    const Dialect& dialect = listener_.dialect();
    const Welcome welcome = welcome_in(dialect, ready_, *arrival.frame, listener_.names());
    perhaps_ |= welcome == Welcome::perhaps;
    return welcome == Welcome::yes ? std::optional(Heard::welcome) : std::nullopt;
  }

  void pass_over(std::string_view what) {
    ++others_;
    last_ = what;
  }

  Listener& listener_;
  const Ready& ready_;
  const RefusedBy& refused_by_;
  bool perhaps_ = false;  // a message came that may be a welcome
  int others_ = 0;
  std::string last_;  // the last skipped message: its type, or why it could not be read
};

}  // namespace

asio::awaitable<Rejection> await_rejection(net::Websocket& session, const Dialect& dialect,
                                           const Ready& ready, const RefusedBy& refused_by,
                                           text::Names& names, Trace& trace) {
  const auto set = set_vars(dialect, names, true);
  if (!set) co_return Rejection{};
  Listener listener(session, dialect, names, trace);
  listener.want_refusal(refused_by.frame ? &*refused_by.frame : nullptr,
                        [&dialect](const Frame& frame) { return is_event(dialect, frame); });
  Overhearing overhearing(listener, ready, refused_by);
  Rejection overheard;
  overheard.heard = co_await overhearing.run();
  overheard.others = overhearing.others();
  co_return overheard;
}

}  // namespace sonde::dialect
