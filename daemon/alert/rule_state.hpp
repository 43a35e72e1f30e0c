#pragma once
#include <optional>

#include "daemon/alert/condition.hpp"
#include "daemon/alert/flapping.hpp"
#include "daemon/core/view.hpp"

namespace sonde::alert {

// Where an alert stands; Prometheus' machine (rules/alerting.go), fed by findings. A value.
//   inactive -> pending (active_at) -> firing (fired_at) after `for` -> while it has cleared,
//   firing on for `keep_firing_for` -> inactive (resolved_at)
// A pending one that clears is forgotten at once. unknown changes nothing. no_data fires at once,
// and is over with the first data that say so or are too few to say anything.
struct RuleState {
  AlertState state = AlertState::inactive;
  WallTime active_at, fired_at;
  std::optional<WallTime> cleared_at;   // of a firing one that only fires on
  std::optional<WallTime> resolved_at;  // of one that fired lately
  bool silent = false;                  // it fires for want of data
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

// `of_run`: a run has ended since the last step, so that the finding says something new of
// flapping. True: it has changed.
bool step(RuleState& state, const RuleSettings& rule, const Evaluation& finding, WallTime now,
          bool of_run);

// The wall clock was set by so much: `for` and `keep_firing_for` are elapsed time.
void shift(RuleState& state, Span jump);

// How long one that has resolved is told.
constexpr Span resolved_kept = std::chrono::minutes(15);
// A pending one is forgotten over an outage of the daemon that was longer.
constexpr Span outage_max = std::chrono::hours(1);
// One that was kept, after an outage of the daemon.
RuleState after_outage(RuleState state, Span outage);

}  // namespace sonde::alert
