#include "daemon/judge/window.hpp"

#include <algorithm>

namespace sonde {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Tier {
  seconds step;
  seconds span;
};
constexpr std::array<Tier, 4> kTiers{{{seconds(10), hours(1)},
                                      {minutes(2), hours(6)},
                                      {minutes(10), hours(24)},
                                      {hours(1), hours(720)}}};

std::uint32_t slot_of(std::size_t tier, WallSeconds now) {
  return static_cast<std::uint32_t>(std::max(now, seconds(0)) / kTiers[tier].step);
}

// Whether a bucket is one of the `span` / step latest ones at `slot`.
bool recent(std::uint32_t bucket, std::uint32_t slot, std::size_t tier, seconds span) {
  return std::uint64_t{bucket} + static_cast<std::uint64_t>(span / kTiers[tier].step) > slot;
}

bool sound(const Window::Bucket& bucket, const std::deque<Window::Bucket>& before) {
  return bucket.attempts > 0 && bucket.failures <= bucket.attempts &&
         (before.empty() || before.back().slot < bucket.slot);
}

}  // namespace

const std::array<WindowName, 7> kWindows{{{"5m", minutes(5), 0},
                                          {"10m", minutes(10), 0},
                                          {"30m", minutes(30), 0},
                                          {"1h", hours(1), 0},
                                          {"6h", hours(6), 1},
                                          {"24h", hours(24), 2},
                                          {"30d", hours(720), 3}}};

// Drops what is too old, and draws what lies in the future into the bucket of now.
void Window::settle(std::size_t tier, std::uint32_t slot) {
  auto& buckets = tiers_[tier];
  while (!buckets.empty() && !recent(buckets.front().slot, slot, tier, kTiers[tier].span))
    buckets.pop_front();
  Bucket ahead{slot, 0, 0};
  for (; !buckets.empty() && buckets.back().slot >= slot; buckets.pop_back()) {
    ahead.attempts += buckets.back().attempts;
    ahead.failures += buckets.back().failures;
  }
  if (ahead.attempts > 0) buckets.push_back(ahead);
}

void Window::add(bool failed, WallSeconds now) {
  for (std::size_t tier = 0; tier < kTiers.size(); ++tier) {
    auto slot = slot_of(tier, now);
    settle(tier, slot);
    auto& buckets = tiers_[tier];
    if (buckets.empty() || buckets.back().slot != slot) buckets.push_back({slot, 0, 0});
    ++buckets.back().attempts;
    buckets.back().failures += failed ? 1 : 0;
  }
}

Counts Window::over(const WindowName& window, WallSeconds now) {
  auto slot = slot_of(window.tier, now);
  settle(window.tier, slot);
  Counts sum;
  for (const auto& bucket : tiers_[window.tier]) {
    if (!recent(bucket.slot, slot, window.tier, window.length)) continue;
    sum.attempts += bucket.attempts;
    sum.failures += bucket.failures;
  }
  return sum;
}

Window Window::restore(const Tiers& kept) {
  Window window;
  for (std::size_t tier = 0; tier < kept.size(); ++tier)
    for (const auto& bucket : kept[tier])
      if (sound(bucket, window.tiers_[tier])) window.tiers_[tier].push_back(bucket);
  return window;
}

}  // namespace sonde
