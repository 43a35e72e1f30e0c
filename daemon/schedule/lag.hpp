#pragma once
#include <cstdint>
#include <deque>
#include <optional>

#include "probes/clock.hpp"

namespace sonde {

// Identifies a run on its worker; 0: none.
using RunId = std::uint64_t;

// How late a loop woke up, of late, and which run kept it busy. A sampler on the loop asks to be
// woken every so often while runs are under way; whatever kept the loop from it kept the runs from
// their answers too, in the middle of a run as well as at its deadline. Runs say that they go on:
// if the thread computed through most of a gap, and no run but one went on in it, that run made the
// gap. Pure: it is handed the time, and the CPU time of the thread.
class Lag {
 public:
  static constexpr Span every = std::chrono::milliseconds(20);  // of the sampler
  static constexpr Span least = std::chrono::milliseconds(50);  // less is not remembered

  // When the sampler should be woken; nothing: it rests.
  void expect(std::optional<Instant> at, Span cpu = {});
  // It was woken now.
  void woken(Instant now, Span cpu = {});
  // A run goes on.
  void active(RunId run, Instant now);
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
  RunId last_ = 0;  // the run that went on last, and when
  Instant last_at_;
  Gap stretch_;  // the longest since then in which one run alone went on
};

// How much lag makes a failure that took too long say nothing of its target.
constexpr Span lag_allowed(Span timeout) {
  return timeout / 10 > Lag::least ? timeout / 10 : Lag::least;
}

}  // namespace sonde
