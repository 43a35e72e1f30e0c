#pragma once
#include <chrono>
#include <string>

namespace sonde::text {

// RFC 3339 in UTC with milliseconds: "2026-01-02T03:04:05.678Z".
std::string as_rfc3339(std::chrono::system_clock::time_point at);

}  // namespace sonde::text
