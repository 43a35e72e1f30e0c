#include "probes/dialect/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/ending.hpp"
#include "probes/dialect/expectation_state.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::dialect {

using State = Expectation::State;

namespace {

std::optional<Failure> failure(Reason reason, const std::string& detail) {
  if (detail.empty()) return std::nullopt;
  return Failure{reason, detail};
}

std::uint32_t least(const EventSpec& spec) {
  return static_cast<std::uint32_t>(std::max(spec.min, 1));
}

// The reason that the counts of a finished conversation give. Pure.
class EventVerdict {
 public:
  explicit EventVerdict(const State& state) : state_(state) {}

  bool delivered(const Tally& tally) const;
  bool missing(const Tally& tally) const;
  std::optional<Failure> of(End how, const Ending& ending, Instant now) const;

 private:
  std::optional<Failure> cut_off(End how, const Ending& ending, Instant now) const;
  std::optional<Failure> at_deadline(Instant now) const;
  std::optional<Failure> overdue(Instant now) const;
  std::optional<Failure> incomplete() const;
  std::optional<Failure> unpaired() const;
  std::optional<Failure> disordered() const;
  std::optional<Failure> others() const;
  std::string summary() const;
  std::string terminal_names() const;

  const State& state_;
};

// The order can be judged only if both events came; otherwise one is missing.
void mark_order(State& state) {
  const auto follows = [&state](const Tally& tally, const std::string& id) {
    const Tally* other = state.named(id);
    return other && other->seen() && tally.position > other->position;
  };
  const auto precedes = [&state](const Tally& tally, const std::string& id) {
    const Tally* other = state.named(id);
    return other && other->seen() && tally.position < other->position;
  };
  for (auto& tally : state.tallies) {
    if (!tally.seen()) continue;
    for (const auto& id : tally.spec->after) tally.out_of_order |= precedes(tally, id);
    // after_terminal is more specific than a wrong order.
    if (tally.after_terminal > 0 && tally.own == tally.after_terminal) continue;
    for (const auto& id : tally.spec->before) tally.out_of_order |= follows(tally, id);
    EventState& noted = state.notes[tally.position].state;
    if (tally.out_of_order && noted == EventState::received) noted = EventState::out_of_order;
  }
}

bool EventVerdict::delivered(const Tally& tally) const { return tally.own >= least(*tally.spec); }

bool EventVerdict::missing(const Tally& tally) const {
  return state_.required(*tally.spec) && tally.own + tally.late < least(*tally.spec);
}

std::string EventVerdict::summary() const {
  std::vector<std::string> came;
  std::size_t wanted = 0;
  for (const auto& tally : state_.tallies) {
    if (!state_.required(*tally.spec)) continue;
    ++wanted;
    if (tally.seen())
      came.push_back(fmt::format("{} {:.3f} s", tally.spec->id, state_.since_send(*tally.first)));
  }
  std::string out =
      came.empty() ? fmt::format("none of {} events came", wanted)
                   : fmt::format("{} of {} events: {}", came.size(), wanted, fmt::join(came, ", "));
  if (state_.unknown > 0) out += fmt::format("; {} of unknown types", state_.unknown);
  if (state_.unattributed > 0)
    out += fmt::format("; {} that belong to no run", state_.unattributed);
  if (state_.foreign > 0) out += fmt::format("; {} of another run", state_.foreign);
  return out;
}

std::string EventVerdict::terminal_names() const {
  if (!state_.rules.terminal_all_of.empty())
    return fmt::format("{}", fmt::join(state_.rules.terminal_all_of, " and "));
  std::vector<std::string_view> all;
  for (const auto& spec : state_.rules.events)
    if (spec.terminal == Terminal::ok) all.push_back(spec.id);
  return all.empty() ? "the end" : fmt::format("{}", fmt::join(all, " or "));
}

std::optional<Failure> EventVerdict::cut_off(End how, const Ending& ending, Instant now) const {
  if (!state_.terminal_at && how == End::closed)
    return Failure{Reason::closed_midstream, fmt::format("{} before {} came; {}", describe(ending),
                                                         terminal_names(), summary())};
  if (state_.stalled)
    return Failure{
        Reason::stalled,
        fmt::format("after {} nothing came for {:.3f} s; {}",
                    state_.last_name.empty() ? "a frame of unknown type" : state_.last_name,
                    seconds(state_.terminal_at ? state_.longest : now - state_.last_own),
                    summary())};
  if (!state_.terminal_at && how == End::deadline) return at_deadline(now);
  return failure(Reason::event_late, state_.faults.late);
}

std::optional<Failure> EventVerdict::at_deadline(Instant now) const {
  if (!state_.first_event)
    return Failure{Reason::first_event_timeout,
                   fmt::format("no event came within {:.3f} s of the send; {}",
                               state_.since_send(now), summary())};
  if (!state_.faults.late.empty()) return Failure{Reason::event_late, state_.faults.late};
  if (auto failed = overdue(now)) return failed;
  return Failure{Reason::timeout, fmt::format("{} did not come within {:.3f} s; {}",
                                              terminal_names(), state_.since_send(now), summary())};
}

// A required event whose own limit passed before the deadline of the run.
std::optional<Failure> EventVerdict::overdue(Instant now) const {
  for (const auto& tally : state_.tallies) {
    const Span limit = tally.spec->within;
    if (!missing(tally) || limit <= Span{} || now - state_.sent <= limit) continue;
    return Failure{Reason::missing_event, fmt::format("{} never came; its limit is {:.3f} s; {}",
                                                      tally.spec->id, seconds(limit), summary())};
  }
  return std::nullopt;
}

std::optional<Failure> EventVerdict::incomplete() const {
  std::vector<std::string> absent, said;
  for (const auto& tally : state_.tallies) {
    if (!missing(tally)) continue;
    const auto count = tally.own + tally.late;
    if (count == 0) absent.push_back(tally.spec->id);
    said.push_back(count == 0 ? tally.spec->id + " never came"
                              : fmt::format("{} came {} of {} times", tally.spec->id, count,
                                            least(*tally.spec)));
  }
  if (said.empty()) return std::nullopt;
  const bool no_tool = !state_.rules.tool_events.empty() && absent.size() == said.size() &&
                       std::ranges::is_permutation(absent, state_.rules.tool_events);
  if (no_tool)
    return Failure{Reason::tool_not_used, fmt::format("the agent used no tool: no {} came; {}",
                                                      fmt::join(absent, " and no "), summary())};
  return Failure{Reason::missing_event, fmt::format("{}; {}", fmt::join(said, ", "), summary())};
}

std::optional<Failure> EventVerdict::unpaired() const {
  for (const auto& pairing : state_.pairings) {
    const auto result = pairing.judge();
    const auto& opener = state_.rules.events[pairing.opener()].id;
    const auto& closer = state_.rules.events[pairing.closer()].id;
    if (result == Pairing::Result::unopened)
      return Failure{Reason::unpaired_event,
                     fmt::format("a {} has no {}; {}", closer, opener, summary())};
    if (result == Pairing::Result::unclosed)
      return Failure{Reason::unpaired_event,
                     fmt::format("a {} has no {}; {}", opener, closer, summary())};
  }
  return std::nullopt;
}

std::optional<Failure> EventVerdict::disordered() const {
  for (const auto& tally : state_.tallies)
    if (tally.out_of_order)
      return Failure{Reason::out_of_order,
                     fmt::format("{} came out of its order; {}", tally.spec->id, summary())};
  for (const auto& pairing : state_.pairings)
    if (pairing.judge() == Pairing::Result::out_of_order)
      return Failure{
          Reason::out_of_order,
          fmt::format("a {} came before its {}; {}", state_.rules.events[pairing.closer()].id,
                      state_.rules.events[pairing.opener()].id, summary())};
  return std::nullopt;
}

// The remaining reasons, in order of precedence.
std::optional<Failure> EventVerdict::others() const {
  if (auto failed = incomplete()) return failed;
  if (auto failed = failure(Reason::forbidden_event, state_.faults.forbidden)) return failed;
  if (auto failed = failure(Reason::after_terminal, state_.faults.after_terminal)) return failed;
  if (auto failed = unpaired()) return failed;
  if (auto failed = failure(Reason::duplicate_event, state_.faults.duplicate)) return failed;
  if (auto failed = disordered()) return failed;
  if (auto failed = failure(Reason::malformed, state_.faults.malformed)) return failed;
  return failure(Reason::unknown_event, state_.faults.unknown);
}

std::optional<Failure> EventVerdict::of(End how, const Ending& ending, Instant now) const {
  if (state_.rules.foreign == Unknown::fail && state_.foreign > 0)
    return Failure{Reason::foreign_event, state_.faults.foreign + "; " + summary()};
  if (auto failed = failure(Reason::agent_error, state_.faults.agent_error)) return failed;
  if (auto failed = cut_off(how, ending, now)) return failed;
  return others();
}

}  // namespace

Expectation::Expectation(const EventRules& rules, Instant sent, text::Names& names)
    : state_(std::make_unique<State>(rules, sent, names)) {}
Expectation::~Expectation() = default;

const EventSpec* Expectation::event_of(const Incoming& message) const {
  return message.owner == Owner::own ? spec_of(message) : nullptr;
}

const EventSpec* Expectation::spec_of(const Incoming& message) const {
  const Tally* tally = state_->tally_of(message);
  return tally ? tally->spec : nullptr;
}

std::string Expectation::see(const Incoming& message) {
  if (message.owner == Owner::own) return state_->see_own(message);
  if (message.owner == Owner::unattributed) {
    ++state_->unattributed;
    return "";
  }
  if (state_->rules.foreign == Unknown::ignore) return "";
  ++state_->foreign;
  Tally* tally = state_->tally_of(message);
  if (tally) {
    ++tally->foreign;
    state_->note(*tally, EventState::foreign, message.at);
  }
  keep_first(state_->faults.foreign,
             fmt::format("{} of another run came after {:.3f} s", text::shorten(message.type, 60),
                         state_->since_send(message.at)));
  return "it belongs to another run";
}

std::optional<Instant> Expectation::next_limit() const {
  const auto& state = *state_;
  if (!state.faults.agent_error.empty() || state.stalled) return state.last_own;
  if (state.terminal_at) return *state.terminal_at + state.rules.settle;
  if (state.any_own && state.rules.gap_max > Span{}) return state.last_own + state.rules.gap_max;
  return std::nullopt;
}

bool Expectation::passed(Instant now) {
  auto& state = *state_;
  const auto limit = next_limit();
  if (!limit || now < *limit) return false;
  if (!state.terminal_at && state.faults.agent_error.empty()) state.stalled = true;
  return true;
}

bool Expectation::terminal_seen() const { return state_->terminal_at.has_value(); }

bool Expectation::has_ended() const {
  return terminal_seen() || !state_->faults.agent_error.empty();
}

bool Expectation::is_incomplete() const {
  const EventVerdict verdict(*state_);
  return std::ranges::any_of(state_->tallies,
                             [&](const Tally& tally) { return verdict.missing(tally); });
}

std::optional<Failure> Expectation::finish(End how, const Ending& ending, Instant now) {
  auto& state = *state_;
  state.silence(now);
  mark_order(state);
  const EventVerdict verdict(state);
  for (const auto& tally : state.tallies)
    if (verdict.missing(tally)) state.note(tally, EventState::missing, now);
  return verdict.of(how, ending, now);
}

std::vector<EventNote> Expectation::notes() const { return state_->notes; }

std::vector<Trace::Delivery> Expectation::deliveries() const {
  std::vector<Trace::Delivery> rows;
  for (const auto& tally : state_->tallies) {
    if (tally.spec->forbid || tally.spec->terminal == Terminal::bad) continue;
    const bool asked = state_->required(*tally.spec);
    Trace::Delivery row;
    row.event = tally.spec->id;
    row.expected = asked ? 1 : 0;
    row.delivered = asked && EventVerdict(*state_).delivered(tally) ? 1 : 0;
    row.duplicated = tally.duplicated;
    row.late = tally.late;
    row.out_of_order = (tally.out_of_order ? 1 : 0) + tally.after_terminal;
    row.foreign = tally.foreign;
    if (asked || row.duplicated + row.late + row.out_of_order + row.foreign > 0)
      rows.push_back(std::move(row));
  }
  return rows;
}

std::optional<Span> Expectation::first_event() const {
  if (!state_->first_event) return std::nullopt;
  return std::max(*state_->first_event - state_->sent, Span{});
}

std::optional<Span> Expectation::terminal_event() const {
  if (!state_->terminal_at) return std::nullopt;
  return std::max(*state_->terminal_at - state_->sent, Span{});
}

std::optional<Span> Expectation::longest_silence() const { return state_->longest; }

}  // namespace sonde::dialect
