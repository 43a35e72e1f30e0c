#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"
#include "daemon/judge/bucket_ring.hpp"

namespace sonde::judge {

// The windows that are told, as labels name them.
struct WindowName {
  std::string_view label;
  std::chrono::seconds length;
};
extern const std::array<WindowName, 7> kWindows;

// The first second that a window of this length covers: its buckets lie on the grid of the wall
// clock, and the one of now is among them, so it covers `length` less at most one bucket. Of the
// tiers 1s for 1m, 10s for 1h, 2m for 6h, 10m for 24h and 1h for 30d the finest that reaches so far
// back answers; a length that is no whole number of its buckets is rounded up.
WallSeconds window_begin(std::chrono::seconds length, WallSeconds now);

// How often something was tried and failed lately. Pure: it is told the time. In memory at most
// 1,464 buckets: 0.9 KB at a run a minute, 2.5 KB at a run a second, and as much again once there
// are as many failures. After a clock that jumped back, what lies in the future counts as of now;
// one that jumped forward ages what is there.
class Window {
 public:
  void add(Tally more, WallSeconds now);
  // `length` from 1 s to 30 d; what is beyond counts as the nearest.
  Tally over(std::chrono::seconds length, WallSeconds now) const;
  // The clock was set: now is `now`.
  void settle(WallSeconds now);

  struct Bucket {
    std::uint8_t tier = 0;
    std::uint32_t slot = 0;  // Unix seconds / step of the tier
    Tally tally;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  // The buckets that are not as they were at the last call; an empty one is to be forgotten. What
  // had become too old before the clock was set back is not told again: if it was kept, it is true.
  std::vector<Bucket> take_changes();
  // A bucket that was kept, in the order of slots. One that cannot be true is left out. Of the last
  // minute it is known to ten seconds only.
  void restore(const Bucket& bucket);

 private:
  std::array<BucketRing, 5> tiers_{BucketRing(360), BucketRing(180), BucketRing(144),
                                   BucketRing(720), BucketRing(60)};
};

}  // namespace sonde::judge
