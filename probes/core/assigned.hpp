#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace sonde {

// Bytes of a text, from `begin` up to `end`.
struct Assigned {
  std::size_t begin = 0, end = 0;
};

// The values that look issued (looks_issued) and that a text gives to names of secrets, however it
// writes that: in a form or a URL ("access_token=abc", "?code=abc", also escaped there), in YAML or
// Python ("token: abc", "'token': 'abc'"), as an element of XML, or as a field of an HTML page
// (<input name="csrf_token" value="abc">). In order and apart. Linear in the text. Pure.
std::vector<Assigned> find_assigned(std::string_view text);

}  // namespace sonde
