#pragma once
#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::config {

using Span = std::chrono::nanoseconds;

// Parses "1h30m", "15s", "250ms", "10us": units d, h, m, s, ms, us in falling order, with integers
// or decimal numbers. The error says what is wrong. A number without a unit is an error.
std::expected<Span, std::string> parse_duration(std::string_view text);

// The shortest text that parses back to the same span and does not begin with "0." (it does for
// less than 1us). A negative span, which cannot be parsed, is shown with its sign.
std::string show(Span span);

}  // namespace sonde::config
