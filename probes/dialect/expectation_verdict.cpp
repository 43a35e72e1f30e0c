#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/ending.hpp"
#include "probes/dialect/expectation_state.hpp"

namespace sonde::dialect {

using State = Expectation::State;

namespace {

std::optional<Failure> failure(Reason reason, const std::string& detail) {
  if (detail.empty()) return std::nullopt;
  return Failure{reason, detail};
}

}  // namespace

bool State::required(const EventSpec& spec) const {
  if (spec.forbid || spec.terminal == Terminal::bad) return false;
  if (spec.required_if.empty()) return spec.min > 0;
  const Tally* condition = named(spec.required_if);
  return condition && condition->seen();
}

std::uint32_t State::least(const EventSpec& spec) const {
  return static_cast<std::uint32_t>(std::max(spec.min, 1));
}

bool State::delivered(const Tally& tally) const { return tally.own >= least(*tally.spec); }

bool State::missing(const Tally& tally) const {
  return required(*tally.spec) && tally.own + tally.late < least(*tally.spec);
}

// The order can be judged only if both events came; otherwise one is missing.
void State::mark_order() {
  const auto follows = [this](const Tally& tally, const std::string& id) {
    const Tally* other = named(id);
    return other && other->seen() && tally.position > other->position;
  };
  const auto precedes = [this](const Tally& tally, const std::string& id) {
    const Tally* other = named(id);
    return other && other->seen() && tally.position < other->position;
  };
  for (auto& tally : tallies) {
    if (!tally.seen()) continue;
    for (const auto& id : tally.spec->after) tally.out_of_order |= precedes(tally, id);
    // after_terminal is more specific than a wrong order.
    if (tally.after_terminal > 0 && tally.own == tally.after_terminal) continue;
    for (const auto& id : tally.spec->before) tally.out_of_order |= follows(tally, id);
    EventState& state = notes[tally.position].state;
    if (tally.out_of_order && state == EventState::received) state = EventState::out_of_order;
  }
}

std::string State::summary() const {
  std::vector<std::string> came;
  std::size_t wanted = 0;
  for (const auto& tally : tallies) {
    if (!required(*tally.spec)) continue;
    ++wanted;
    if (tally.seen())
      came.push_back(fmt::format("{} {:.3f} s", tally.spec->id, since_send(*tally.first)));
  }
  std::string out =
      came.empty() ? fmt::format("none of {} events came", wanted)
                   : fmt::format("{} of {} events: {}", came.size(), wanted, fmt::join(came, ", "));
  if (unknown > 0) out += fmt::format("; {} of unknown types", unknown);
  if (unattributed > 0) out += fmt::format("; {} that belong to no run", unattributed);
  if (foreign > 0) out += fmt::format("; {} of another run", foreign);
  return out;
}

std::string State::terminal_names() const {
  if (!rules.terminal_all_of.empty())
    return fmt::format("{}", fmt::join(rules.terminal_all_of, " and "));
  std::vector<std::string_view> all;
  for (const auto& spec : rules.events)
    if (spec.terminal == Terminal::ok) all.push_back(spec.id);
  return all.empty() ? "the end" : fmt::format("{}", fmt::join(all, " or "));
}

std::optional<Failure> State::cut_off(End how, const Ending& ending, Instant now) const {
  if (!terminal_at && how == End::closed)
    return Failure{Reason::closed_midstream, fmt::format("{} before {} came; {}", describe(ending),
                                                         terminal_names(), summary())};
  if (stalled)
    return Failure{Reason::stalled,
                   fmt::format("after {} nothing came for {:.3f} s; {}",
                               last_name.empty() ? "a frame of unknown type" : last_name,
                               seconds(terminal_at ? longest : now - last_own), summary())};
  if (!terminal_at && how == End::deadline) return at_deadline(now);
  return failure(Reason::event_late, faults.late);
}

std::optional<Failure> State::at_deadline(Instant now) const {
  if (!first_event)
    return Failure{
        Reason::first_event_timeout,
        fmt::format("no event came within {:.3f} s of the send; {}", since_send(now), summary())};
  if (!faults.late.empty()) return Failure{Reason::event_late, faults.late};
  if (auto failed = overdue(now)) return failed;
  return Failure{Reason::timeout, fmt::format("{} did not come within {:.3f} s; {}",
                                              terminal_names(), since_send(now), summary())};
}

// A required event whose own limit passed before the deadline of the run.
std::optional<Failure> State::overdue(Instant now) const {
  for (const auto& tally : tallies) {
    const Span limit = tally.spec->within;
    if (!missing(tally) || limit <= Span{} || now - sent <= limit) continue;
    return Failure{Reason::missing_event, fmt::format("{} never came; its limit is {:.3f} s; {}",
                                                      tally.spec->id, seconds(limit), summary())};
  }
  return std::nullopt;
}

std::optional<Failure> State::incomplete() const {
  std::vector<std::string> absent, complaints;
  for (const auto& tally : tallies) {
    if (!missing(tally)) continue;
    const auto count = tally.own + tally.late;
    if (count == 0) absent.push_back(tally.spec->id);
    complaints.push_back(count == 0 ? tally.spec->id + " never came"
                                    : fmt::format("{} came {} of {} times", tally.spec->id, count,
                                                  least(*tally.spec)));
  }
  if (complaints.empty()) return std::nullopt;
  const bool no_tool = !rules.tool_events.empty() && absent.size() == complaints.size() &&
                       std::ranges::is_permutation(absent, rules.tool_events);
  if (no_tool)
    return Failure{Reason::tool_not_used, fmt::format("the agent used no tool: no {} came; {}",
                                                      fmt::join(absent, " and no "), summary())};
  return Failure{Reason::missing_event,
                 fmt::format("{}; {}", fmt::join(complaints, ", "), summary())};
}

std::optional<Failure> State::unpaired() const {
  for (const auto& pairing : pairings) {
    const auto result = pairing.judge();
    const auto& opener = rules.events[pairing.opener()].id;
    const auto& closer = rules.events[pairing.closer()].id;
    if (result == Pairing::Result::unopened)
      return Failure{Reason::unpaired_event,
                     fmt::format("a {} has no {}; {}", closer, opener, summary())};
    if (result == Pairing::Result::unclosed)
      return Failure{Reason::unpaired_event,
                     fmt::format("a {} has no {}; {}", opener, closer, summary())};
  }
  return std::nullopt;
}

std::optional<Failure> State::disordered() const {
  for (const auto& tally : tallies)
    if (tally.out_of_order)
      return Failure{Reason::out_of_order,
                     fmt::format("{} came out of its order; {}", tally.spec->id, summary())};
  for (const auto& pairing : pairings)
    if (pairing.judge() == Pairing::Result::out_of_order)
      return Failure{Reason::out_of_order,
                     fmt::format("a {} came before its {}; {}", rules.events[pairing.closer()].id,
                                 rules.events[pairing.opener()].id, summary())};
  return std::nullopt;
}

// The remaining reasons, in order of precedence.
std::optional<Failure> State::others() const {
  if (auto failed = incomplete()) return failed;
  if (auto failed = failure(Reason::forbidden_event, faults.forbidden)) return failed;
  if (auto failed = failure(Reason::after_terminal, faults.after_terminal)) return failed;
  if (auto failed = unpaired()) return failed;
  if (auto failed = failure(Reason::duplicate_event, faults.duplicate)) return failed;
  if (auto failed = disordered()) return failed;
  if (auto failed = failure(Reason::malformed, faults.malformed)) return failed;
  return failure(Reason::unknown_event, faults.unknown);
}

std::optional<Failure> Expectation::finish(End how, const Ending& ending, Instant now) {
  auto& state = *state_;
  state.silence(now);
  state.mark_order();
  for (const auto& tally : state.tallies)
    if (state.missing(tally)) state.note(tally, EventState::missing, now);
  if (state.rules.foreign == Unknown::fail && state.foreign > 0)
    return Failure{Reason::foreign_event, state.faults.foreign + "; " + state.summary()};
  if (auto failed = failure(Reason::agent_error, state.faults.agent_error)) return failed;
  if (auto failed = state.cut_off(how, ending, now)) return failed;
  return state.others();
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
    row.delivered = asked && state_->delivered(tally) ? 1 : 0;
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
