#pragma once
#include <string>

#include "probes/core/reason.hpp"

namespace sonde {

// The result of one run. A failure has a step and a reason; a pass has neither.
struct Verdict {
  Outcome outcome = Outcome::pass;
  Step step = Step::health;
  Reason reason = Reason::ok;
  std::string detail;  // for people; may contain secrets until a Result is made of it
  // The cause that control experiments found after an outage had already begun under `reason`:
  // counts keep `reason`, and this is shown beside it. ok: none.
  Reason concluded = Reason::ok;

  static Verdict pass();
  // The outcome follows from the reason: a fault of our own is inconclusive, not a failure.
  static Verdict of(Step step, Failure failure);
};

// The cause that is known best: what experiments concluded, or else the reason.
inline Reason best_cause(Reason reason, Reason concluded) {
  return concluded == Reason::ok ? reason : concluded;
}

// "upgrade/unauthorized", or "upgrade/unauthorized, concluded clock_skew".
std::string show_cause(Step step, Reason reason, Reason concluded);

}  // namespace sonde
