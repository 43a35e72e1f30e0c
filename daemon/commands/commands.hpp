#pragma once
#include <optional>

#include "config/mistake.hpp"
#include "daemon/app/flags.hpp"
#include "daemon/app/settings.hpp"

namespace sonde::commands {

// Each runs one command and returns its exit code.
int check_command(const app::Flags& flags);
int schema_command(const app::Flags& flags);
int run_command(const app::Flags& flags);
int rules_command(const app::Flags& flags);
int serve_command(const app::Flags& flags);
int test_alert_command(const app::Flags& flags);

// Loads the file and prints every mistake and warning to standard error. nullopt: exit with
// exit_config. Where secrets are skipped, prints also what was not read.
std::optional<app::Settings> load_or_tell(const std::string& file,
                                          config::SecretUse secrets = config::SecretUse::read);
// As --no-secrets says.
config::SecretUse secret_use(const app::Flags& flags);

}  // namespace sonde::commands
