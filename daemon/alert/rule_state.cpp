#include "daemon/alert/rule_state.hpp"

#include <algorithm>

namespace sonde::alert {
namespace {

void fire(RuleState& state, WallTime now) {
  state.state = AlertState::firing;
  state.fired_at = now;
  state.resolved_at.reset();
}

void holds(RuleState& state, Span hold, WallTime now) {
  state.cleared_at.reset();
  if (state.state == AlertState::inactive) {
    state.state = AlertState::pending;
    state.active_at = now;
  }
  if (state.state != AlertState::pending) return;
  state.active_at = std::min(state.active_at, now);  // if the clock was set back
  if (now - state.active_at >= hold) fire(state, now);
}

void resolve(RuleState& state, WallTime now) {
  state.state = AlertState::inactive;
  state.resolved_at = now;
  state.cleared_at.reset();
  state.blamed.reset();
  state.seen.clear();
  state.silent = false;
}

void clears(RuleState& state, Span keep, WallTime now) {
  if (state.state == AlertState::pending) state.state = AlertState::inactive;
  if (state.state == AlertState::inactive) state.seen.clear();
  if (!state.firing()) return;
  if (!state.cleared_at || *state.cleared_at > now) state.cleared_at = now;
  if (now - *state.cleared_at >= keep && !state.flapping.flaps) resolve(state, now);
}

void forget(RuleState& state, WallTime now) {
  if (state.resolved_at && now - *state.resolved_at >= resolved_kept) state.resolved_at.reset();
}

bool known(ConditionState holds) {
  return holds == ConditionState::yes || holds == ConditionState::no;
}

}  // namespace

bool step(RuleState& state, const RuleSettings& rule, const Evaluation& finding, WallTime now,
          bool of_run) {
  const RuleState before = state;
  if (of_run && known(finding.holds)) state.flapping.add(finding.holds == ConditionState::yes);
  switch (finding.holds) {
    case ConditionState::yes:
      holds(state, rule.hold, now);
      state.blamed = finding.rate;
      state.seen = finding.seen;
      state.silent = false;
      break;
    case ConditionState::no_data:
      state.silent |= !state.firing();
      holds(state, Span{}, now);
      break;
    case ConditionState::no:
      clears(state, state.silent ? Span{} : rule.keep_firing_for, now);
      break;
    case ConditionState::unknown:
      if (state.silent) clears(state, Span{}, now);
      break;
  }
  forget(state, now);
  return !(state == before);
}

void shift(RuleState& state, Span jump) {
  const auto by = std::chrono::duration_cast<WallTime::duration>(jump);
  state.active_at += by;
  if (state.cleared_at) *state.cleared_at += by;
}

RuleState after_outage(RuleState state, Span outage) {
  if (state.state == AlertState::pending && outage >= outage_max)
    state.state = AlertState::inactive;
  return state;
}

namespace {

constexpr unsigned slots = 20;
constexpr double enter = 30, leave = 25;

}  // namespace

void Flapping::add(bool found) {
  changes = ((changes << 1U) | static_cast<std::uint32_t>(found != last)) & ((1U << slots) - 1);
  last = found;
  const double now = percent();
  flaps = now > enter || (flaps && now >= leave);
}

double Flapping::percent() const {
  double sum = 0;
  for (unsigned age = 0; age < slots; ++age)
    if ((changes >> age) & 1U) sum += 0.8 + 0.02 * (slots - 1 - age);
  return 100 * sum / slots;
}

}  // namespace sonde::alert
