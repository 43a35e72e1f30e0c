#pragma once
#include <deque>
#include <optional>

#include "probes/clock.hpp"

namespace sonde {

// How late a loop woke up, of late. A sampler on the loop asks to be woken every so often while
// runs are under way; whatever kept the loop from it kept the runs from their answers too, in the
// middle of a run as well as at its deadline. Pure: it is told the time.
class Lag {
 public:
  static constexpr Span every = std::chrono::milliseconds(20);  // of the sampler
  static constexpr Span least = std::chrono::milliseconds(50);  // less is not remembered

  // When the sampler should be woken; nothing: it rests.
  void expect(std::optional<Instant> at) { expected_ = at; }
  // It was woken now.
  void woken(Instant now);
  // The longest time since `since` in which the loop did not turn; also the one that may be going
  // on. The newest 64 are remembered.
  Span worst(Instant since, Instant now) const;

 private:
  struct Gap {
    Instant from, to;
    Span length(Instant since) const { return to - (since > from ? since : from); }
  };
  std::optional<Instant> expected_;
  std::deque<Gap> gaps_;  // ever shorter, since a longer one hides those before it
};

// How much lag makes a failure that took too long say nothing of its target.
constexpr Span lag_allowed(Span timeout) {
  return timeout / 10 > Lag::least ? timeout / 10 : Lag::least;
}

}  // namespace sonde
