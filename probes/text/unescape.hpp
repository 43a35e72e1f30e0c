#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::text {

// A text with one level of its escapes decoded, and the source position of each byte.
struct Unescaped {
  std::string bytes;
  std::vector<std::uint32_t> begins;  // source position of each byte, and the end of the source

  // One past the source (an escape or a byte) of byte `at`.
  std::size_t end_of(std::size_t at) const;
};

// Decodes every escape of JSON and JavaScript (\n, \u0026, \x26), of URLs (%26) and of HTML (&amp;,
// &#38;, &#x26;) in a text; nullopt: it has none. Invalid escapes are unchanged. `marks`: the first
// characters of the escapes to decode. Linear in the text. Pure.
std::optional<Unescaped> unescape(std::string_view text, std::string_view marks = "\\%&");

// The hex digits of every dump such as "de:ad:be:ef" or "de ad be ef" of at least four bytes, each
// followed by a "."; nullopt: there is none. Linear in the text. Pure.
std::optional<Unescaped> join_hex(std::string_view text);

}  // namespace sonde::text
