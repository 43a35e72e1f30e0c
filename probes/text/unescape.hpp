#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::text {

// A text without one level of its escapes, and where each byte was written.
struct Unescaped {
  std::string bytes;
  std::vector<std::uint32_t> begins;  // of each byte in the text, and the text's end

  // One past the escape, or the byte, that byte `at` was written as.
  std::size_t end_of(std::size_t at) const;
};

// Replaces every escape of JSON and JavaScript (\n, \u0026, \x26), of URLs (%26) and of HTML
// (&amp;,
// &#38;, &#x26;) by what it stands for, whichever of them a text uses; nothing: it has none. What
// looks like an escape and is none stays. `marks`: with which characters those begin that are
// looked at. Linear in the text. Pure.
std::optional<Unescaped> unescape(std::string_view text, std::string_view marks = "\\%&");

// The hex digits of every dump such as "de:ad:be:ef" or "de ad be ef", of four bytes or more, each
// dump with a "." behind it; nothing: there is none. Linear in the text. Pure.
std::optional<Unescaped> join_hex(std::string_view text);

}  // namespace sonde::text
