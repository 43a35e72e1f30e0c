#pragma once
#include <map>

#include "probes/core/clock.hpp"

namespace sonde::session {

// Decides which of a target's probes may perform refusal checks: each check is a failed login for
// the target, whichever probe makes it. Pure.
class RefusalRounds {
 public:
  // Whether `probe`, which asks to, may make a round now: no round was made within `every`, and no
  // other probe that has asked since takes precedence. A probe with a check that `failed` takes
  // precedence in at least every other round, so that its recovery is seen soon; otherwise the one
  // that has waited longest. If true, the round counts as made.
  bool begin(const void* probe, Span every, bool failed, Instant now);

 private:
  struct Row {
    Instant made = Instant::min(), asked = Instant::min();
    bool failed = false;
  };
  bool goes_first(const Row& row, const Row& before) const;

  std::map<const void*, Row> probes_;
  Instant last_ = Instant::min();
  bool last_failed_ = false;  // the last round was of a probe with a failed check
};

}  // namespace sonde::session
