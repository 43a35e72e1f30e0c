#pragma once
#include <span>
#include <string>
#include <string_view>

namespace sonde {

// `text` with every secret, everything shaped like a JWT, and the string values of JSON members
// whose name contains token, password, secret, ticket or jwt replaced by "<redacted>". Of secrets
// that contain one another the longest comes first.
std::string scrub(std::string_view text, std::span<const std::string> secrets);

// Authorization, cookies and the like, whose values are never shown.
bool is_sensitive_header(std::string_view name);
// Such a value with its scheme kept: "Bearer <redacted>".
std::string scrub_header(std::string_view value);

}  // namespace sonde
