#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::net {

// Describes, for people, bytes that are not a valid frame of RFC 6455. Pure.

// The first bytes as hex digits and as characters: "c1 02 7b 7d |..{}|"; at most eight, so that no
// secret of relevant length is shown.
std::string shown_bytes(std::string_view bytes);

// Whether bytes are plain text: printable ASCII, white space and other characters in UTF-8, of
// which the last one may be cut.
bool is_plain_text(std::string_view bytes);

// What violates section 5.5.1 or 7.4 in the payload of a Close, with its code and the readable part
// of its reason; nullopt: it is valid.
std::optional<std::string> close_fault(std::string_view payload);

// The part of a text before the first byte that is not UTF-8.
std::string_view readable(std::string_view text);

}  // namespace sonde::net
