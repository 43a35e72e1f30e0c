#pragma once
#include <span>
#include <string>

#include "daemon/core/result.hpp"
#include "daemon/report/style.hpp"

namespace sonde::report {

// The results of all runs of one `sonde run`. An attempt that was retried is not counted; a run
// that passed after a failed attempt counts as `flaky` and as passed.
struct Tally {
  int probes = 0, runs = 0;
  int passed = 0, failed = 0, inconclusive = 0, skipped = 0, flaky = 0;
};

// `results` in the order in which they were made; different probes may be interleaved.
Tally tally(std::span<const ResultPtr> results);

// "4 probes: 3 passed, 1 failed, 0 inconclusive in 1.2 s", without line end; further counts only if
// not 0.
std::string summary(const Tally& tally, Span took, const TextStyle& style);

// The exit code of `sonde run`: 0 all passed; 1 one failed; 2 none failed and one was inconclusive
// or skipped.
int exit_code(const Tally& tally);

}  // namespace sonde::report
