#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// RFC 3339 in UTC with milliseconds: "2026-01-02T03:04:05.678Z".
std::string as_rfc3339(std::chrono::system_clock::time_point at);

// A time in a relaxed form of RFC 3339: "2026-12-01T02:00", "2026-12-01 02:00:30",
// "2026-12-01T02:00Z", "2026-12-01T02:00+01:00". Fractions of a second are dropped. Years 2000 to
// 2199.
struct WrittenTime {
  std::chrono::local_seconds local;
  std::optional<std::chrono::seconds> offset;  // east of UTC; empty: not written
  // The time, if it is written with an offset.
  std::optional<std::chrono::system_clock::time_point> wall() const;
};
std::optional<WrittenTime> parse_time(std::string_view text);

// "02:00" to "23:59": minutes since midnight.
std::optional<std::chrono::minutes> parse_clock(std::string_view text);

}  // namespace sonde::text
