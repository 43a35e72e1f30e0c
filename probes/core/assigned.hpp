#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace sonde {

// Whether a member, parameter, field or header of that name holds a secret: the name contains
// token, password, secret, ticket, jwt, csrf or similar, in any case. False for "token_type" and
// for counts of tokens.
bool names_a_secret(std::string_view name);

// Whether a text may have been issued by a server: 8 bytes or more, without spaces, of letters and
// digits. False for dates and addresses.
bool looks_issued(std::string_view value);

// A byte range of a text: from `begin` up to, but not including, `end`.
struct Assigned {
  std::size_t begin = 0, end = 0;
};

// Finds the values that look issued (looks_issued) and that the text assigns to the name of a
// secret, in whatever notation: a form or URL ("access_token=abc", "?code=abc", also escaped), YAML
// or Python ("token: abc", "'token': 'abc'"), an XML element, or a field of an HTML page (<input
// name="csrf_token" value="abc">). The ranges are in order and do not overlap. Linear in the length
// of the text. Pure.
std::vector<Assigned> find_assigned(std::string_view text);

}  // namespace sonde
