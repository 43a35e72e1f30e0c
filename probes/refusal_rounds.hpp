#pragma once
#include <map>

#include "probes/clock.hpp"

namespace sonde {

// Which of a target's probes may check its refusals: each check is a failed login to the target,
// whoever makes it. Pure.
class RefusalRounds {
 public:
  // Whether `probe`, which wants to, makes a round now: none was made within `every`, and no other
  // one that asked since has waited longer. True: it is made.
  bool begin(const void* probe, Span every, Instant now);

 private:
  struct Row {
    Instant made = Instant::min(), asked = Instant::min();
  };
  std::map<const void*, Row> probes_;
  Instant last_ = Instant::min();
};

}  // namespace sonde
