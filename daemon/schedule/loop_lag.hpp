#pragma once
#include <cstdint>
#include <deque>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::schedule {

// Identifies a run on its worker; 0: none.
using RunId = std::uint64_t;

// Records how late the event loop has woken up recently. While runs are under way, a sampler on the
// loop asks to be woken periodically; whatever delays the sampler also delays the runs, in the
// middle of a run and at its deadline. A run that was alone on the loop while the thread used the
// CPU for most of a gap caused the gap itself, and is not excused by it; with several runs the
// cause is unknown. Pure: time and the thread's CPU time are arguments.
class LoopLag {
 public:
  static constexpr Span every = std::chrono::milliseconds(20);  // interval of the sampler
  static constexpr Span least = std::chrono::milliseconds(50);  // shorter gaps are not recorded

  // When the sampler should be woken; nullopt: it is not running.
  void expect(std::optional<Instant> at, Span cpu = {});
  // The sampler was woken now.
  void woken(Instant now, Span cpu = {});
  // From now on only this run is under way; 0: none, or several.
  void alone(RunId run, Instant now);
  // The longest gap since `since` that `run` did not cause, a gap that is still going on included.
  // The newest 64 gaps are kept.
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
  Span cpu_{};  // when it began to wait
  std::deque<Gap> gaps_;
  RunId alone_ = 0;
  Instant alone_since_;
};

// A lag above this makes a failure that took too long inconclusive.
constexpr Span lag_allowed(Span timeout) {
  return timeout / 10 > LoopLag::least ? timeout / 10 : LoopLag::least;
}

}  // namespace sonde::schedule
