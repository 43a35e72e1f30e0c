#pragma once
#include <optional>
#include <string_view>

#include "probes/text/unescape.hpp"

namespace sonde::text {

// Decodes every list of at least four numbers, such as "[113,57,90,114]", "[113 57 90 114]" (Go),
// "0x71, 0x39, 0x5a, 0x72" or "7139 5a72" (xxd), to its bytes, each followed by a "."; nullopt:
// there is none. Linear in the text. Pure.
std::optional<Unescaped> join_numbers(std::string_view text);

// The text without line ends, and the spaces after them, between digits of base64 or hex; nullopt:
// there are none. Linear in the text. Pure.
std::optional<Unescaped> join_lines(std::string_view text);

// The text without its NULs, as in ASCII text encoded in UTF-16; nullopt: it has fewer than three
// NULs that alternate with other bytes. Linear in the text. Pure.
std::optional<Unescaped> join_wide(std::string_view text);

}  // namespace sonde::text
