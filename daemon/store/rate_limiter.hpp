#pragma once
#include <string>
#include <unordered_map>

#include "probes/core/clock.hpp"

namespace sonde::store {

// Limits which runs store a transcript, so that a general outage does not fill disk and memory with
// equal copies: for a check the first five and then one every 12 s, so all of a check that runs no
// more often, and beside them the first twenty and then one every 6 s of the runs that end
// otherwise than the one before; for all checks together 256 and then 32 a second. A run that
// proves the cause of a failure always stores one; they are limited by diagnose.max_per_hour. Pure.
class RateLimiter {
 public:
  // `changed`: the run ended otherwise than the one before it.
  bool take(const std::string& check, Instant now, bool changed = false);

 private:
  // Until when the quotas of a check are used up.
  struct Used {
    Instant equal, changed;
  };
  std::unordered_map<std::string, Used> checks_;
  Instant all_{};
};

}  // namespace sonde::store
