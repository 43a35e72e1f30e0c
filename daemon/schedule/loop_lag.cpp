#include "daemon/schedule/loop_lag.hpp"

#include <algorithm>

namespace sonde::schedule {
namespace {
constexpr std::size_t gaps_max = 64;
}

void LoopLag::expect(std::optional<Instant> at, Span cpu) {
  expected_ = at;
  cpu_ = cpu;
}

// If the thread used the CPU for less than half of the gap, the system kept it from running; no run
// caused the gap.
LoopLag::Gap LoopLag::gap_until(Instant now, Span cpu) const {
  Gap gap{*expected_, now};
  const bool computed = 2 * (cpu - cpu_) >= gap.whole();
  if (computed && alone_since_ <= gap.from) gap.maker = alone_;
  return gap;
}

void LoopLag::woken(Instant now, Span cpu) {
  if (!expected_) return;
  const Gap gap = gap_until(now, cpu);
  expected_.reset();
  if (gap.whole() <= least) return;
  // A longer gap replaces the shorter ones before it, except for the run that caused it.
  while (!gaps_.empty() && gaps_.back().whole() <= gap.whole() &&
         (gap.maker == 0 || gap.maker == gaps_.back().maker))
    gaps_.pop_back();
  gaps_.push_back(gap);
  if (gaps_.size() > gaps_max) gaps_.pop_front();
}

void LoopLag::alone(RunId run, Instant now) {
  alone_ = run;
  alone_since_ = now;
}

Span LoopLag::worst(Instant since, Instant now, Span cpu, RunId run) const {
  Span worst = Span::zero();
  const auto take = [&](const Gap& gap) {
    if (run == 0 || gap.maker != run) worst = std::max(worst, gap.length(since));
  };
  if (expected_) take(gap_until(now, cpu));
  for (const Gap& gap : gaps_) take(gap);
  return worst;
}

}  // namespace sonde::schedule
