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

// The outcome of one attempt, or of skipped ticks. The worker creates it, and nothing changes it
// afterwards; threads share it through a shared pointer.
struct Result {
  std::shared_ptr<const Check> check;
  std::string id = {};  // names the run (probes/core/run_id.hpp); empty: a skipped tick
  Verdict verdict;
  std::chrono::system_clock::time_point started;  // wall clock, for display
  Instant begun;                                  // monotonic clock, for arithmetic
  Span took{};
  Span lateness{};  // of a first attempt: how long after its tick it began
  int attempt = 1;
  int worker = 0;
  std::uint32_t beats = 1;             // of a skipped Result: the number of ticks it stands for
  std::shared_ptr<const Trace> trace;  // finished; never null, empty for a skipped tick
  // Of a failed run: what is known about the failures since the last passed run, and which refusal
  // checks failed and have not passed since. Restored after a restart.
  std::string conclusions = {};
};
using ResultPtr = std::shared_ptr<const Result>;

// Finishes the trace of a run and stores it in the Result. First removes secrets from the verdict
// and the trace; no other function makes a run's data presentable.
void conclude(Result& result, std::shared_ptr<Trace> trace);

// A sample of an auth rate: at most one for each step and run, independent of the verdict. Skipped
// and inconclusive runs and retries give none.
struct AuthSample {
  Step step;
  bool succeeded;
  Reason reason;  // ok, or what failed before success
};
std::vector<AuthSample> auth_samples(const Result& result);

// Time from the start of the run to the first usable session: its ready message, or the upgrade if
// no ready message is expected. nullopt if the run did not pass or opened no session.
std::optional<Span> time_to_ready(const Result& result);

// How long each phase took, by name summed up, in the order in which they began. Without what
// followed the run, such as its diagnosis.
using PhaseTimes = std::vector<std::pair<Phase, Span>>;
PhaseTimes phase_times(const Trace& trace);

}  // namespace sonde
