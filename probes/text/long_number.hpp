#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// Whole numbers in JSON that have more than 64 bits, as some servers' ids are. A parser would make
// them floating-point numbers and lose their digits, so they are kept as texts with a mark in front
// that no text has: U+FDD0, which is no character and for nobody to send. Pure.

// The JSON with its long numbers marked; nothing: there is none.
std::optional<std::string> mark_long_numbers(std::string_view json);

// The digits of a text that is such a number; nothing: it is none.
std::optional<std::string_view> long_number(std::string_view text);

// The JSON with its numbers as they were.
std::string unmark_long_numbers(std::string json);

}  // namespace sonde::text
