#pragma once
#include <string>

namespace sonde::commands {

// The reasons with their help and the steps that can report them, as a Markdown table for the
// documentation.
std::string reason_table();

}  // namespace sonde::commands
