#include "daemon/core/format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace sonde {
std::string as_millis(Span span) {
  const double millis = seconds(span) * 1e3;
  if (millis < 1) return fmt::format("{:.3f} ms", millis);
  if (millis < 10) return fmt::format("{:.2f} ms", millis);
  return fmt::format("{:.1f} ms", millis);
}

std::string as_duration(Span span) {
  const double total = seconds(span);
  if (total < 1e-3) return fmt::format("{:.2f} ms", total * 1e3);
  if (total < 1) return fmt::format("{:.1f} ms", total * 1e3);
  if (total < 100) return fmt::format("{:.2f} s", total);
  return fmt::format("{:.0f} s", total);
}

std::string as_seconds(Span span) { return fmt::format("{:.6f}", seconds(span)); }

std::string as_utc(std::chrono::system_clock::time_point at) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

std::string as_day(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

std::string as_bytes(std::size_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024UL * 1024) return fmt::format("{:.1f} KB", size / 1024);
  return fmt::format("{:.1f} MB", size / (1024 * 1024));
}

std::string shard_words(const Shard& shard) {
  std::string text = fmt::format("shard {} of {}", shard.index, shard.count);
  if (shard.replicas > 1) text += fmt::format(" (each probe is run by {})", shard.replicas);
  return text;
}

}  // namespace sonde
