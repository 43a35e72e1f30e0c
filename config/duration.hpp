#pragma once
#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::config {

using Span = std::chrono::nanoseconds;

// "1h30m", "15s", "250ms", "10us": units d, h, m, s, ms, us in falling order, whole or decimal
// numbers. The error says what was wrong with it. A bare number has no unit and is refused.
std::expected<Span, std::string> parse_duration(std::string_view text);

// The shortest text that parses back to the same span, of those that do not begin with "0."; for
// less than 1us it does. A negative span, which cannot be parsed, is shown with its sign.
std::string show(Span span);

}  // namespace sonde::config
