#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sonde::text {

// Bytes of the character at the start of `text` (RFC 3629); 0: it is not UTF-8, or empty.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

// How many characters; each byte that is not UTF-8 counts as one.
std::size_t utf8_count(std::string_view text);

// A character by its number; empty: there is none of that number (RFC 3629 section 3).
std::string utf8_of(std::uint32_t code);

// The start of `text`, at most `bytes_max` of it, never cut inside a character; "..." says so.
std::string shorten(std::string_view text, std::size_t bytes_max);

}  // namespace sonde::text
