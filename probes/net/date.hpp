#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace sonde::net {

// A Date header in the only form that is generated today, IMF-fixdate (RFC 9110 5.6.7):
// "Sun, 06 Nov 1994 08:49:37 GMT". Empty for anything else. The weekday is not checked.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

}  // namespace sonde::net
