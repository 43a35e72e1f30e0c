#pragma once
#include <optional>

#include "daemon/app/flags.hpp"
#include "daemon/app/settings.hpp"

namespace sonde {

// Each runs one command to its end and returns the exit code.
int check_command(const Flags& flags);
int schema_command(const Flags& flags);
int run_command(const Flags& flags);
int rules_command(const Flags& flags);
int serve_command(const Flags& flags);
int test_alert_command(const Flags& flags);

// Loads the file and prints every mistake and warning to standard error. Nothing: exit_config.
std::optional<Settings> load_or_tell(const std::string& file);

}  // namespace sonde
