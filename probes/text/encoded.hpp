#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "probes/text/pieces.hpp"

namespace sonde::text {

// Bytes of a text, from `begin` up to `end`.
struct Stretch {
  std::size_t begin = 0, end = 0;
};

// Where `text` holds pieces, in either case of their letters: as they are; escaped for JSON,
// JavaScript, Python, C, a URL or HTML; in UTF-16; in hex of either case, also as a dump; as a list
// of numbers; in base64 or base64url, wherever in the encoded text they begin, and over lines; and
// in several of these, up to four deep. In order and apart. Nothing: it is nested so that the
// search would take more than 40 times its length; it has to be taken for a secret as a whole.
// Pure.
std::optional<std::vector<Stretch>> find_encoded(std::string_view text, const Pieces& pieces);

}  // namespace sonde::text
