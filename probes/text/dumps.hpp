#pragma once
#include <optional>
#include <string_view>

#include "probes/text/unescape.hpp"

namespace sonde::text {

// The bytes of every list of four numbers or more such as "[113,57,90,114]", "[113 57 90 114]" (of
// Go), "0x71, 0x39, 0x5a, 0x72" or "7139 5a72" (of xxd), each list with a "." behind it; nothing:
// there is none. Linear in the text. Pure.
std::optional<Unescaped> join_numbers(std::string_view text);

// The text without its line ends, and the blanks behind them, that stand between digits of base64
// or hex; nothing: there are none. Linear in the text. Pure.
std::optional<Unescaped> join_lines(std::string_view text);

// The text without its NULs, as UTF-16 has them in every ASCII text; nothing: it has not three of
// them that stand in turn with other bytes. Linear in the text. Pure.
std::optional<Unescaped> join_wide(std::string_view text);

}  // namespace sonde::text
