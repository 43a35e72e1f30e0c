#include "daemon/judge/window.hpp"

#include <algorithm>

namespace sonde::judge {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t finest = window_tiers;  // after those of the store
constexpr const BucketTier& tier_at(std::size_t tier) {
  return tier == finest ? finest_tier : bucket_tiers.at(tier);
}

std::uint32_t slot_of(std::size_t tier, WallSeconds now) {
  return static_cast<std::uint32_t>(std::max(now, seconds(0)) / tier_at(tier).step);
}

// The finest tier that covers `length`, and how many of its buckets that needs.
struct Reach {
  std::size_t tier;
  std::uint32_t buckets;
};
Reach reach_of(seconds length) {
  length = std::clamp<seconds>(length, seconds(1), tier_at(finest - 1).span);
  std::size_t tier = length <= tier_at(finest).span ? finest : 0;
  while (tier_at(tier).span < length) ++tier;
  const seconds step = tier_at(tier).step;
  return {tier, static_cast<std::uint32_t>((length + step - seconds(1)) / step)};
}

}  // namespace

const std::array<WindowName, 7> kWindows{{{"5m", minutes(5)},
                                          {"10m", minutes(10)},
                                          {"30m", minutes(30)},
                                          {"1h", hours(1)},
                                          {"6h", hours(6)},
                                          {"24h", hours(24)},
                                          {"30d", hours(720)}}};

WallSeconds window_begin(std::chrono::seconds length, WallSeconds now) {
  const Reach reach = reach_of(length);
  const std::int64_t first = std::int64_t{slot_of(reach.tier, now)} - reach.buckets + 1;
  return first * tier_at(reach.tier).step;
}

void Window::add(Tally more, WallSeconds now) {
  for (std::size_t tier = 0; tier < tiers_.size(); ++tier)
    tiers_[tier].add(more, slot_of(tier, now));
}

Tally Window::over(std::chrono::seconds length, WallSeconds now) const {
  const Reach reach = reach_of(length);
  return tiers_[reach.tier].over(reach.buckets, slot_of(reach.tier, now));
}

void Window::settle(WallSeconds now) {
  for (std::size_t tier = 0; tier < tiers_.size(); ++tier) tiers_[tier].settle(slot_of(tier, now));
}

std::vector<Window::Bucket> Window::take_changes() {
  std::vector<Bucket> changes;
  for (std::size_t tier = 0; tier < finest; ++tier)
    tiers_[tier].take_changes([&changes, tier](const BucketRing::Bucket& bucket) {
      changes.push_back({static_cast<std::uint8_t>(tier), bucket.slot, bucket.tally});
    });
  return changes;
}

void Window::restore(const Bucket& bucket) {
  if (bucket.tier >= finest) return;
  tiers_[bucket.tier].restore({bucket.slot, bucket.tally});
  if (bucket.tier > 0) return;
  const auto seconds_each = static_cast<std::uint32_t>(tier_at(0).step / tier_at(finest).step);
  tiers_[finest].restore({(bucket.slot + 1) * seconds_each - 1, bucket.tally});
}

}  // namespace sonde::judge
