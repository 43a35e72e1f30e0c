#pragma once
#include <cstddef>
#include <map>
#include <string>

#include "probes/core/clock.hpp"

namespace sonde::store {

// Which failures leave a transcript, so that an outage of everything does not fill disk and
// memory with copies of one story: of a check the first five and then one each 12 s, so every one
// of a check that runs no more often; of all together 256 and then 32 a second. A run that proves
// the cause of a failure always leaves one: there are few of them (diagnose.max_per_hour). Pure.
class Ration {
 public:
  bool take(const std::string& check, Instant now);

 private:
  std::map<std::string, Instant> checks_;  // by when what each has taken is paid off
  Instant all_{};
};

}  // namespace sonde::store
