#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// Integers in JSON with more than 64 bits, such as the ids of some servers. A parser would turn
// them into floating-point numbers and lose digits, so they are kept as texts with a mark in front
// that does not occur in texts: U+FDD0, a noncharacter that must not be sent. Pure.

// The JSON with its long numbers marked; nullopt: there are none.
std::optional<std::string> mark_long_numbers(std::string_view json);

// The digits of a marked text; nullopt: it is not marked.
std::optional<std::string_view> long_number(std::string_view text);

// The JSON with its numbers restored.
std::string unmark_long_numbers(std::string json);

}  // namespace sonde::text
