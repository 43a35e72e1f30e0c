#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string_view>

namespace sonde {

// Whole seconds of the wall clock since 1970, UTC.
using WallSeconds = std::chrono::seconds;

struct Counts {
  std::uint64_t attempts = 0;
  std::uint64_t failures = 0;  // never more than attempts
  friend bool operator==(const Counts&, const Counts&) = default;
};

// The windows that are told, as labels name them, and the tier that answers for each.
struct WindowName {
  std::string_view label;
  std::chrono::seconds length;
  std::size_t tier;
};
extern const std::array<WindowName, 7> kWindows;

// How often something was tried and failed lately. Pure: it is told the time. Buckets lie on the
// grid of the wall clock, in tiers of 10s for 1h, 2m for 6h, 10m for 24h and 1h for 30d; empty ones
// take no room, and at most 1,410 are kept. A window of length W is its W / step latest buckets,
// the running one among them: it covers W less at most one step. After a clock that jumped back,
// what lies in the future counts as of now; one that jumped forward ages what is there.
class Window {
 public:
  struct Bucket {
    std::uint32_t slot = 0;  // time / step of its tier
    std::uint32_t attempts = 0;
    std::uint32_t failures = 0;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  using Tiers = std::array<std::deque<Bucket>, 4>;  // oldest first

  void add(bool failed, WallSeconds now);
  Counts over(const WindowName& window, WallSeconds now);

  // All that there is to keep, and a window made of what was kept. Buckets out of order, empty, or
  // with more failures than attempts are left out.
  const Tiers& tiers() const { return tiers_; }
  static Window restore(const Tiers& kept);

 private:
  void settle(std::size_t tier, std::uint32_t slot);

  Tiers tiers_;
};

}  // namespace sonde
