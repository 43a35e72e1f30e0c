#pragma once
#include <deque>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::session {

// Whether a target's breaker seems to be open because of our own refusal checks: each of them is a
// failed authentication to the target, and breakers count those of everybody together. Pure.
class Breaker {
 public:
  // A check was refused, as it should be.
  void refused(Instant now);
  // A good upgrade, and how long it took.
  void passed(Span took);
  // An upgrade failed as an open breaker lets fail (see suspects_breaker). True: that is what it
  // seems to be, for at least three checks were refused within the last two minutes, and the answer
  // came in less than half the usual time, where that is known. Then the checks pause for ten
  // minutes.
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
