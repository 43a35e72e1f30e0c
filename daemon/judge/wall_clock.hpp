#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// When a run ended, by the wall clock.
inline WallTime end_of(const Result& result) {
  return result.started + std::chrono::duration_cast<WallTime::duration>(result.took);
}

inline WallSeconds seconds_of(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
}

// In four bytes; sufficient until the year 2106.
inline std::uint32_t wall_second(WallSeconds at) {
  constexpr std::int64_t last = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(at.count(), 0, last));
}

}  // namespace sonde::judge
