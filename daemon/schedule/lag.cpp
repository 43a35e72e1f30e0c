#include "daemon/schedule/lag.hpp"

#include <algorithm>

namespace sonde {
namespace {
constexpr std::size_t gaps_max = 64;
}

void Lag::woken(Instant now) {
  if (!expected_) return;
  Gap gap{*expected_, now};
  expected_.reset();
  if (gap.length(gap.from) <= least) return;
  while (!gaps_.empty() && gaps_.back().length(gaps_.back().from) <= gap.length(gap.from))
    gaps_.pop_back();
  gaps_.push_back(gap);
  if (gaps_.size() > gaps_max) gaps_.pop_front();
}

Span Lag::worst(Instant since, Instant now) const {
  Span worst = Span::zero();
  if (expected_) worst = std::max(worst, Gap{*expected_, now}.length(since));
  for (const Gap& gap : gaps_) worst = std::max(worst, gap.length(since));
  return worst;
}

}  // namespace sonde
