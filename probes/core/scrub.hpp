#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

// Replaces what looks like a secret without being known as one by "<redacted>": everything shaped
// like a JWT, and the string values of JSON members that are named like a secret, also in JSON that
// is a string of other JSON, and what is assigned to such a name (find_assigned). Of a text that is
// `cut` the start of a JWT at its end goes too. `removed` takes the values of the members, as they
// were written. Linear in the text.
void scrub(std::string& text, bool cut = false, std::vector<std::string>* removed = nullptr);

// Whether the values of a header (Authorization, cookies and similar) are never shown.
bool is_sensitive_header(std::string_view name);
// The secret parts of the value of such a header: after the scheme in "Bearer abc"; for cookies
// their values, unless they are sentences, and for Set-Cookie without its attributes.
std::vector<std::string_view> credentials_in(std::string_view name, std::string_view value);
// The value redacted, with its scheme kept: "Bearer <redacted>".
std::string scrub_header(std::string_view value);

}  // namespace sonde
