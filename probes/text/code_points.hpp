#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// One character of a text: its code point and its length in bytes. A byte that is not part of valid
// UTF-8 (RFC 3629: no overlong forms, no surrogates) is a character of one byte without a code
// point.
struct Rune {
  std::optional<char32_t> code;
  std::size_t bytes = 1;
};

// The first character of `text`, which must not be empty.
Rune first_rune(std::string_view text);

}  // namespace sonde::text
