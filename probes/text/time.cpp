#include "probes/text/time.hpp"

#include <fmt/chrono.h>

namespace sonde::text {

std::string as_rfc3339(std::chrono::system_clock::time_point at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(at - second).count();
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(second));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc, millis);
}

}  // namespace sonde::text
