#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace sonde::net {

// Parses a Date header in IMF-fixdate, the only form generated today (RFC 9110 section 5.6.7):
// "Sun, 06 Nov 1994 08:49:37 GMT". nullopt for anything else. Does not check the weekday.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

}  // namespace sonde::net
