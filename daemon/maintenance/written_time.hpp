#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde::maintenance {

// A time in a relaxed form of RFC 3339: "2026-12-01T02:00", "2026-12-01 02:00:30",
// "2026-12-01T02:00Z", "2026-12-01T02:00+01:00". Fractions of a second are dropped. Years 2000 to
// 2199.
struct WrittenTime {
  std::chrono::local_seconds local;
  std::optional<std::chrono::seconds> offset;  // east of UTC; empty: not written
  // The time, if it is written with an offset.
  std::optional<WallTime> wall() const;
};
std::optional<WrittenTime> parse_time(std::string_view text);

// "02:00" to "23:59": minutes since midnight.
std::optional<std::chrono::minutes> parse_clock(std::string_view text);

}  // namespace sonde::maintenance
