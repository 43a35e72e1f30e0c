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

// The first `bytes_max` bytes of a text, without a cut UTF-8 character at the end.
inline std::string start_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

}  // namespace sonde::judge
