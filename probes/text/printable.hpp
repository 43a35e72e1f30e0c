#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::text {

// Whether a character could control a terminal, end a line, or reorder or hide text: controls (C0,
// DEL, C1), Unicode line ends, bidirectional controls, and invisible characters.
bool deceives(char32_t code);

// A server's text made safe for every output: one line, in which control characters (such as ESC),
// bytes that are not UTF-8, and characters that reorder or hide text become visible escapes: \n,
// \x1b, \u{202e}; those that style an emoji stay. Without `unicode` everything that is not ASCII is
// escaped. Shows at most `runes_max` characters of the input, then "...".
std::string printable(std::string_view text, bool unicode, std::size_t runes_max = 500);

}  // namespace sonde::text
