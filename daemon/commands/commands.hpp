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
int explain_command(const app::Flags& flags);
int backup_command(const app::Flags& flags);
int healthcheck_command(const app::Flags& flags);
int runs_command(const app::Flags& flags);
int show_command(const app::Flags& flags);
int status_command(const app::Flags& flags);
int completion_command(const app::Flags& flags);
int manual_command();

// Loads the file and prints every mistake and warning to standard error. nullopt: exit with
// exit_config. Where secrets are skipped, prints also what was not read.
std::optional<app::Settings> load_or_tell(const app::Flags& flags,
                                          config::SecretUse secrets = config::SecretUse::read);
// Adds what is wrong with --web.config.file to `mistakes`; true: nothing.
bool read_web(const app::Flags& flags, config::Mistakes& mistakes);
// As --no-secrets says.
config::SecretUse secret_use(const app::Flags& flags);

}  // namespace sonde::commands
