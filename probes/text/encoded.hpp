#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "probes/text/pieces.hpp"

namespace sonde::text {

// A byte range of a text: from `begin` up to, but not including, `end`.
struct Stretch {
  std::size_t begin = 0, end = 0;
};

// Finds pieces in `text`, in either letter case: unchanged; escaped for JSON, JavaScript, Python,
// C, a URL or HTML; in UTF-16; in hex, also as a dump, in quoted-printable or as CSS escapes; as a
// list of numbers; in base64 or base64url, at any offset and across lines; in base32; and in up to
// four of these nested, but for base32. The ranges are in
// order and do not overlap. nullopt: the text is nested so that the search would take more than 40
// times its length; treat all of it as secret. Pure.
std::optional<std::vector<Stretch>> find_encoded(std::string_view text, const Pieces& pieces);

}  // namespace sonde::text
