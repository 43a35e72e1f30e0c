#pragma once
#include <cstdint>
#include <deque>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::schedule {

// Identifies a run on its worker; 0: none.
using RunId = std::uint64_t;

// How late a loop woke up, of late. A sampler on the loop asks to be woken every so often while
// runs are under way; whatever kept the loop from it kept the runs from their answers too, in the
// middle of a run as well as at its deadline. A run that was alone on the loop while the thread
// computed through most of a gap made it itself, and is not excused by it; of several nobody can
// say which it was. Pure: it is handed the time, and the CPU time of the thread.
class LoopLag {
 public:
  static constexpr Span every = std::chrono::milliseconds(20);  // of the sampler
  static constexpr Span least = std::chrono::milliseconds(50);  // less is not remembered

  // When the sampler should be woken; nothing: it rests.
  void expect(std::optional<Instant> at, Span cpu = {});
  // It was woken now.
  void woken(Instant now, Span cpu = {});
  // From now on one run alone is under way; 0: none, or several.
  void alone(RunId run, Instant now);
  // The longest time since `since` in which the loop did not turn and which `run` did not make;
  // also the one that may be going on. The newest 64 are remembered.
  Span worst(Instant since, Instant now, Span cpu = {}, RunId run = 0) const;

 private:
  struct Gap {
    Instant from, to;
    RunId maker = 0;
    Span length(Instant since) const { return to - (since > from ? since : from); }
    Span whole() const { return to - from; }
  };
  Gap gap_until(Instant now, Span cpu) const;

  std::optional<Instant> expected_;
  Span cpu_{};  // when it began to expect
  std::deque<Gap> gaps_;
  RunId alone_ = 0;
  Instant alone_since_;
};

// How much lag makes a failure that took too long say nothing of its target.
constexpr Span lag_allowed(Span timeout) {
  return timeout / 10 > LoopLag::least ? timeout / 10 : LoopLag::least;
}

}  // namespace sonde::schedule
