#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/store/backup.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {

// Secrets are not needed, and warnings are for `check`.
int backup_command(const app::Flags& flags) {
  config::Mistakes mistakes(config::SecretUse::skip);
  const auto settings = app::load_settings(flags.config_file, mistakes, flags.instance());
  if (!settings) {
    for (const auto& mistake : mistakes.sorted())
      system::print(stderr, fmt::format("{}\n", config::show(mistake)));
    return app::exit_config;
  }
  if (settings->storage.path.empty()) {
    system::print(stderr,
                  fmt::format("sonde backup: {} has no storage.path, so nothing is stored\n",
                              flags.config_file));
    return app::exit_usage;
  }
  const auto bytes = store::back_up(settings->storage.path, flags.backup_file);
  if (!bytes) {
    system::print(stderr, fmt::format("sonde backup: {}\n", bytes.error()));
    return app::exit_failed;
  }
  system::print(stdout, fmt::format("{}: {} bytes, a copy of {}/sonde.db\n", flags.backup_file,
                                    *bytes, settings->storage.path));
  return app::exit_ok;
}

}  // namespace sonde::commands
