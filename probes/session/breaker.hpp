#pragma once
#include <deque>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::session {

// Whether a target's circuit breaker seems to be open because of our own refusal checks: each of
// them is a failed authentication for the target, and breakers count those of all clients together.
// Pure.
class Breaker {
 public:
  // A check was refused, as it should be.
  void refused(Instant now);
  // An upgrade succeeded in `took`.
  void passed(Span took);
  // An upgrade failed in the way an open breaker makes it fail (see suspects_breaker). Returns
  // whether that is likely: at least three checks were refused within the last two minutes, and the
  // answer came in less than half the usual time, if that is known. If true, the checks pause for
  // ten minutes.
  bool tripped(Instant now, Span took);
  // Whether a refusal check may be made.
  bool lets_check(Instant now) const { return now >= paused_until_; }

 private:
  bool is_fast(Span took) const;

  std::deque<Instant> refusals_;
  std::deque<Span> good_;
  Instant paused_until_ = Instant::min();
};

}  // namespace sonde::session
