#include "daemon/core/format.hpp"

#include <fmt/format.h>
#include <time.h>

#include <ctime>

namespace sonde {
namespace {

std::tm utc(std::int64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  return parts;
}

std::string day(const std::tm& parts) {
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

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

std::string as_rfc3339(std::chrono::system_clock::time_point at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(at - second).count();
  const std::tm parts = utc(second.time_since_epoch().count());
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", day(parts), parts.tm_hour, parts.tm_min,
                     parts.tm_sec, millis);
}

std::string as_day(std::int64_t unix_seconds) { return day(utc(unix_seconds)); }

std::string as_bytes(std::size_t bytes) {
  const auto size = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024UL * 1024) return fmt::format("{:.1f} KB", size / 1024);
  return fmt::format("{:.1f} MB", size / (1024 * 1024));
}

}  // namespace sonde
