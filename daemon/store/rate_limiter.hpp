#pragma once
#include <cstddef>
#include <map>
#include <string>

#include "probes/core/clock.hpp"

namespace sonde::store {

// Limits which failures store a transcript, so that a general outage does not fill disk and memory
// with equal copies: for a check the first five and then one every 12 s, so all of a check that
// runs no more often; for all checks together 256 and then 32 a second. A run that proves the cause
// of a failure always stores one; they are limited by diagnose.max_per_hour. Pure.
class RateLimiter {
 public:
  bool take(const std::string& check, Instant now);

 private:
  std::map<std::string, Instant> checks_;  // for each check, until when its quota is used up
  Instant all_{};
};

}  // namespace sonde::store
