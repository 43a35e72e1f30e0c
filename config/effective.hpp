#pragma once
#include <string>

#include "config/value.hpp"

namespace sonde::config {

// A file as it was read, with what it includes, as YAML that can be shown: what is a secret, or
// looks like one, is `<secret>`. References to secrets ({ file: PATH }, ...) are shown. Hidden are:
// values whose name marks them as secret (see literal_secret.hpp), values that look random, the
// part of a URL that can carry a secret (its user, parameters of such a name, and below `receivers`
// and `heartbeat` everything behind the host).
std::string effective_yaml(const Value& root);

}  // namespace sonde::config
