#pragma once
#include <string_view>

#include "config/mistake.hpp"
#include "config/value.hpp"

namespace sonde::config {

// Warns about literal values in the file that look like a secret: a header, a URL's query parameter
// or a member of a body whose name marks it as one ("X-Key", "?token=") or whose value is random or
// has a well-known prefix ("sk-", "ghp_"). Templates and file names are excluded. The warning does
// not show the value.
void warn_of_literal_secrets(const Value& root, Mistakes& mistakes);

// Whether a name marks its value as secret: one of its words is key, token, password, ...
bool names_a_secret(std::string_view name);
// Whether a text looks like a secret, whatever its name.
bool looks_random(std::string_view text);

}  // namespace sonde::config
