#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "daemon/app/flags.hpp"
#include "daemon/app/settings.hpp"

namespace sonde::commands {

// Where recorded runs are read if no daemon answers: the settings of the configuration file, read
// without its secrets. The error says why there is no store, for people.
std::expected<app::Settings, std::string> settings_with_store(const app::Flags& flags);

// What runs and show print if both the daemon and its store are of no help.
std::string neither(std::string_view daemon, std::string_view store);

}  // namespace sonde::commands
