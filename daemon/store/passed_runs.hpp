#pragma once
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/store/rate_limiter.hpp"

namespace sonde::store {

// Decides which passed runs get a transcript: of each check the last one before failures, the first
// one after them, and a sample. Holds the newest passed run of a check with its trace until the
// next run shows whether it is the last one. Limited by a RateLimiter of its own. Pure; main thread
// only.
class PassedRuns {
 public:
  // Beyond this number, checks are only sampled.
  static constexpr std::size_t checks_max = 1024;

  // `every`: of each check one run in this time is a sample.
  explicit PassedRuns(Span every) : every_(every) {}

  // Appends those whose transcripts are wanted now that `result` is known, which has its trace.
  void add(const ResultPtr& result, Instant now, std::vector<PassedRun>& wanted);
  // When no more results will come: the newest passed run of each check, unless it is stored.
  std::vector<PassedRun> take_held();

 private:
  struct Known {
    ResultPtr newest;     // passed, and no failure since; null: none, or not held
    bool stored = false;  // the transcript of `newest` is wanted already
    bool failing = false;
    Instant seen;                      // the last run
    Instant sampled = Instant::min();  // the last sample
  };
  Known* find(const std::string& check, Instant now);
  void pass(const std::string& check, Known& known, const ResultPtr& result,
            std::vector<PassedRun>& wanted);

  Span every_;
  RateLimiter limiter_;
  std::unordered_map<std::string, Known> checks_;
};

}  // namespace sonde::store
