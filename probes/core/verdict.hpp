#pragma once
#include <string>

#include "probes/core/reason.hpp"

namespace sonde {

// What one run says. A failure names its step and its reason; a pass names neither.
struct Verdict {
  Outcome outcome = Outcome::pass;
  Step step = Step::health;
  Reason reason = Reason::ok;
  std::string detail;  // for people; may hold secrets until a Result is made of it
  // The cause that control experiments found, where an outage had already begun under `reason`:
  // counts keep that one, and this stands beside it. ok: none.
  Reason concluded = Reason::ok;

  static Verdict pass();
  // The outcome follows from the reason: an own fault is inconclusive, not a failure.
  static Verdict of(Step step, Failure failure);
};

// "upgrade/unauthorized", or "upgrade/unauthorized, concluded clock_skew".
std::string show_cause(Step step, Reason reason, Reason concluded);

}  // namespace sonde
