#pragma once
#include <string>
#include <vector>

#include "config/section.hpp"

namespace sonde::commands {

// Every key of the file with its type and default, from the declarations that read it: the keys of
// the file, then those of each login method (logins.NAME) and of each kind (probes.NAME).
std::vector<config::KeyRow> key_table();

// The same keys as a commented YAML file: config/reference.yaml.
std::string reference_yaml();

}  // namespace sonde::commands
