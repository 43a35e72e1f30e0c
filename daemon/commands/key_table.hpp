#pragma once
#include <string>
#include <vector>

#include "config/section.hpp"

namespace sonde::commands {

// The keys that a part of the file may have. `of` says which part: empty for the keys of every
// file, "method: json" for a login of that method, "kind: chat" for a probe of that kind, "a
// comparison" for what is compared with a value in JSON.
struct KeyGroup {
  std::string of;
  std::string help;
  std::string prefix;  // "logins.NAME"; empty for the file
  std::vector<config::KeyRow> rows;
};

// Every key of the file with its type and default, from the declarations that read it: the keys of
// the file, then those of each login method and of each kind of probe.
std::vector<KeyGroup> key_groups();

// The same as one table, in which a row such as "logins.NAME.method: json" begins a group.
std::vector<config::KeyRow> key_table();

}  // namespace sonde::commands
