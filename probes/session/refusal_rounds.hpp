#pragma once
#include <map>

#include "probes/core/clock.hpp"

namespace sonde::session {

// Which of a target's probes may check its refusals: each check is a failed login to the target,
// whoever makes it. Pure.
class RefusalRounds {
 public:
  // Whether `probe`, which wants to, makes a round now: none was made within `every`, and no other
  // one that asked since goes first. That is one with a check that `failed`, which is made again so
  // that its end is seen soon, in every other round at least; else the one that has waited longest.
  // True: it is made.
  bool begin(const void* probe, Span every, bool failed, Instant now);

 private:
  struct Row {
    Instant made = Instant::min(), asked = Instant::min();
    bool failed = false;
  };
  bool goes_first(const Row& row, const Row& before) const;

  std::map<const void*, Row> probes_;
  Instant last_ = Instant::min();
  bool last_failed_ = false;  // the last round was of one with a failed check
};

}  // namespace sonde::session
