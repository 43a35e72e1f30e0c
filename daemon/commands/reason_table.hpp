#pragma once
#include <string>

namespace sonde::commands {

// The reasons with their lines of help and the steps that can give them, as Markdown: the table
// of the README.
std::string reason_table();

}  // namespace sonde::commands
