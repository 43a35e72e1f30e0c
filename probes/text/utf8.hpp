#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sonde::text {

// Length in bytes of the first character of `text` (RFC 3629); 0: it is not UTF-8, or empty.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// The bytes as browsers decode them as UTF-8: without a byte order mark, with U+FFFD for what is
// not UTF-8 (one for each maximal part of a character, WHATWG Encoding section 8.1.1).
std::string utf8_decoded(std::string_view bytes);

// Number of characters; each byte that is not UTF-8 counts as one.
std::size_t utf8_count(std::string_view text);

// The character with this code point; empty: there is none (RFC 3629 section 3).
std::string utf8_of(std::uint32_t code);

// The first `bytes_max` bytes of `text` at most, without a cut character.
std::string_view cut(std::string_view text, std::size_t bytes_max);
// The same; "..." marks a cut.
std::string shorten(std::string_view text, std::size_t bytes_max);

}  // namespace sonde::text
