#pragma once
#include <cstdint>
#include <optional>

#include "daemon/alert/condition.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Whether something changes too often to notify each change. Of the last 20 evaluations, counts
// those that differ from the one before, newer ones weighing more (0.8 + 0.02 * i, as in Icinga 2).
// It starts to flap above 30 % and stops below 25 %. A value.
struct Flapping {
  std::uint32_t changes = 0;  // one bit for each evaluation, the newest in the lowest bit
  bool last = false;
  bool flaps = false;

  void add(bool found);
  double percent() const;
  friend bool operator==(const Flapping&, const Flapping&) = default;
};

// State machine of an alert, as in Prometheus (rules/alerting.go), driven by evaluations. A value.
//   inactive -> pending (active_at) -> firing (fired_at) after `for` -> still firing for
//   `keep_firing_for` after it cleared -> inactive (resolved_at)
// A pending alert that clears becomes inactive at once. unknown changes nothing. no_data fires at
// once, and ends with the first data that clear the condition or are too few to judge.
struct RuleState {
  AlertState state = AlertState::inactive;
  WallTime active_at, fired_at;
  std::optional<WallTime> cleared_at;   // cleared, but firing on for `keep_firing_for`
  std::optional<WallTime> resolved_at;  // of one that fired recently
  bool silent = false;                  // it fires for no_data
  std::optional<Rate> blamed;           // the rate that it fires for
  SeenAt seen;                          // the checks that it fires for
  Flapping flapping;

  bool firing() const { return state == AlertState::firing; }
  bool idle() const { return state == AlertState::inactive && !resolved_at; }
  PriorState past() const {
    const bool waits = firing() && silent;
    return {firing() && !silent, blamed, waits ? std::optional(fired_at) : std::nullopt, seen};
  }
  friend bool operator==(const RuleState&, const RuleState&) = default;
};

// Advances the state; returns whether it changed. `of_run`: a run has ended since the last step, so
// the evaluation is a new sample for flapping.
bool step(RuleState& state, const RuleSettings& rule, const Evaluation& finding, WallTime now,
          bool of_run);

// Adjusts all times to a wall clock that was moved by `jump`: `for` and `keep_firing_for` are
// elapsed time.
void shift(RuleState& state, Span jump);

// How long a resolved alert is still reported.
constexpr Span resolved_kept = std::chrono::minutes(15);
// A pending alert is forgotten if the daemon was down for longer than this.
constexpr Span outage_max = std::chrono::hours(1);
// The state of a stored alert after the daemon was down for `outage`.
RuleState after_outage(RuleState state, Span outage);

}  // namespace sonde::alert
