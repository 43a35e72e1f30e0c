#pragma once
#include <span>
#include <string>

#include "daemon/app/command_line.hpp"

namespace sonde::commands {

// sonde(1), from the declarations of the commands, and sonde.yaml(5), from those of the keys: pages
// of man(7).
std::string commands_manual(std::span<const app::CommandDoc> commands);
std::string keys_manual();

}  // namespace sonde::commands
