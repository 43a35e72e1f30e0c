#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::text {

// Whether a character could steer a terminal, end a line, or reorder or hide text: controls (C0,
// DEL, C1), Unicode's line ends, bidirectional controls, and characters without a shape.
bool deceives(char32_t code);

// What a server sent, made fit for every output: one line, in which control characters (ESC first
// of all), bytes that are not UTF-8, and characters that reorder or hide text stand as visible
// escapes: \n, \x1b, \u{202e}; only what styles an emoji stays. Without `unicode`, so does all that
// is not ASCII. At most `runes_max` characters of the input are shown, then "...".
std::string printable(std::string_view text, bool unicode, std::size_t runes_max = 500);

}  // namespace sonde::text
