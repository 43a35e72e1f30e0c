#pragma once
#include <string_view>

#include "config/mistake.hpp"
#include "config/value.hpp"

namespace sonde::config {

// Warns of what is written in the file and looks like a secret: a header, a query parameter of a
// URL, or a member of a body, whose name says that it is one ("X-Key", "?token=") or whose text is
// random or has a well-known beginning ("sk-", "ghp_"). Templates and names of files are none. The
// warning shows none of it.
void warn_of_literal_secrets(const Value& root, Mistakes& mistakes);

// Whether a name says that its value is a secret: one of its words is key, token, password, ...
bool names_a_secret(std::string_view name);
// Whether a text looks like a secret, whatever it is called.
bool looks_random(std::string_view text);

}  // namespace sonde::config
