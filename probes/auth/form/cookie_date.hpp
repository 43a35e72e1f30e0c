#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace sonde::auth {

// Parses the Expires of a cookie as leniently as browsers do (RFC 6265 section 5.1.1): day, month,
// year and time in any order, with any separators. nullopt if it is not a date.
std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace sonde::auth
