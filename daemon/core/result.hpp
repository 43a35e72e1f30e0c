#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/core/check.hpp"
#include "probes/core/trace.hpp"
#include "probes/core/verdict.hpp"

namespace sonde {

// What came of one attempt, or of a beat that was skipped. Made once, by the worker, and never
// changed; what crosses between threads is a shared pointer to it.
struct Result {
  std::shared_ptr<const Check> check;
  Verdict verdict;
  std::chrono::system_clock::time_point started;  // for people
  Instant begun;                                  // for arithmetic
  Span took{};
  Span lateness{};  // of a first attempt: how long after its beat it began
  int attempt = 1;
  int worker = 0;
  std::uint32_t beats = 1;             // of a skipped Result: how many beats it stands for
  std::shared_ptr<const Trace> trace;  // finished; never null, empty for a skipped beat
  // Of a failure: what is known of the failures since the last pass, and which refusal checks
  // failed and did not pass since; for a restart.
  std::string conclusions = {};
};
using ResultPtr = std::shared_ptr<const Result>;

// Gives the Result of a run its trace: the one place where what a run saw becomes what is shown of
// it. Takes the secrets out of the verdict and of the trace first, and ends the trace.
void conclude(Result& result, std::shared_ptr<Trace> trace);

// A sample of an auth rate: at most one a step and run, apart from the verdict. None for skipped
// and inconclusive runs and for retries.
struct AuthSample {
  Step step;
  bool succeeded;
  Reason reason;  // ok, or what failed before success
};
std::vector<AuthSample> auth_samples(const Result& result);

// From the run's start to the first session that could be used: its ready message, or where none
// is awaited the upgrade. Nothing for a run that did not pass, or opens no session.
std::optional<Span> time_to_ready(const Result& result);

}  // namespace sonde
