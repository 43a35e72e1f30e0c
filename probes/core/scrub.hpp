#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

// Replaces by "<redacted>" what looks like a secret although it is not known as one: everything
// that has the shape of a JWT, the string values of JSON members named like a secret (also in JSON
// inside a JSON string), and values assigned to such a name (find_assigned). If the text was `cut`,
// the start of a JWT at its end is replaced too. Appends the values of the JSON members, as
// written, to `removed`. Linear in the length of the text.
void scrub(std::string& text, bool cut = false, std::vector<std::string>* removed = nullptr);

// Whether the values of a header (Authorization, cookies and similar) are never shown.
bool is_sensitive_header(std::string_view name);
// The secret parts of the value of such a header: after the scheme in "Bearer abc"; for cookies
// their values, unless they are sentences, and for Set-Cookie without its attributes.
std::vector<std::string_view> credentials_in(std::string_view name, std::string_view value);
// The value redacted, with its scheme kept: "Bearer <redacted>".
std::string scrub_header(std::string_view value);

}  // namespace sonde
