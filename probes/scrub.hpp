#pragma once
#include <string>
#include <string_view>

namespace sonde {

// Replaces what looks like a secret without being known as one by "<redacted>": everything shaped
// like a JWT, and the string values of JSON members whose name contains token, password, secret,
// ticket or jwt, also in JSON that is a string of other JSON.
void scrub(std::string& text);

// Authorization, cookies and the like, whose values are never shown.
bool is_sensitive_header(std::string_view name);
// Such a value with its scheme kept: "Bearer <redacted>".
std::string scrub_header(std::string_view value);

}  // namespace sonde
