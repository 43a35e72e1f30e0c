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

// Where `text` holds pieces: as they are; escaped for JSON, JavaScript, a URL or HTML; in hex of
// either case, also as a dump; in base64 or base64url, wherever in the encoded text they begin; and
// in several of these, up to four deep. In order and apart. Nothing: it is nested so that the
// search would take more than 40 times its length; it has to be taken for a secret as a whole.
// Pure.
std::optional<std::vector<Stretch>> find_encoded(std::string_view text, const Pieces& pieces);

}  // namespace sonde::text
