#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace sonde::auth {

// The Expires of a cookie, as lenient as browsers read it (RFC 6265 5.1.1): day, month, year and
// time in any order, whatever stands between them. Empty for what is no date.
std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace sonde::auth
