#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"
#include "daemon/judge/bucket_ring.hpp"

namespace sonde::judge {

// The windows that are reported, with the names used in labels.
struct WindowName {
  std::string_view label;
  std::chrono::seconds length;
};
extern const std::array<WindowName, 7> kWindows;

// The first second of a window of this length. Buckets are aligned to the wall clock and the
// current one is included, so the window covers `length` less at most one bucket. The finest tier
// that reaches back far enough is used: 1s for 1m, 10s for 1h, 2m for 6h, 10m for 24h, 1h for 30d;
// a length that is not a multiple of its bucket is rounded up.
WallSeconds window_begin(std::chrono::seconds length, WallSeconds now);

// The tiers of the store that windows have: all but that of days.
inline constexpr std::size_t window_tiers = day_tier;
// The tier that is not stored.
inline constexpr BucketTier finest_tier{std::chrono::seconds(1), std::chrono::minutes(1)};

// Recent numbers of attempts and failures. Pure: times are arguments. Has at most 1,464 buckets in
// memory: 0.9 KB at a run a minute, 2.5 KB at a run a second, and twice that once there are as many
// failures. If the clock is set back, what is in the future counts as current; if it is set
// forward, what is there ages.
class Window {
 public:
  void add(Tally more, WallSeconds now);
  // `length` is 1 s to 30 d; other values are clamped.
  Tally over(std::chrono::seconds length, WallSeconds now) const;
  // The clock was set to `now`.
  void settle(WallSeconds now);

  struct Bucket {
    std::uint8_t tier = 0;
    std::uint32_t slot = 0;  // Unix seconds / step of the tier
    Tally tally;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  // The buckets that changed since the last call; an empty one is to be deleted. Buckets that had
  // become too old before the clock was set back are not returned again; their stored values are
  // right.
  std::vector<Bucket> take_changes();
  // Restores a stored bucket, in the order of slots. Ignores one that is implausible. The last
  // minute is restored with a resolution of ten seconds only.
  void restore(const Bucket& bucket);

 private:
  // In the order of bucket_tiers, then the finest.
  std::array<BucketRing, window_tiers + 1> tiers_{
      BucketRing(bucket_tiers[0].buckets()), BucketRing(bucket_tiers[1].buckets()),
      BucketRing(bucket_tiers[2].buckets()), BucketRing(bucket_tiers[3].buckets()),
      BucketRing(finest_tier.buckets())};
};

}  // namespace sonde::judge
