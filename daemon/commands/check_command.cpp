#include <fmt/format.h>

#include <cstdio>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/system/output.hpp"

namespace sonde::commands {

config::SecretUse secret_use(const app::Flags& flags) {
  return flags.no_secrets ? config::SecretUse::skip : config::SecretUse::read;
}

std::optional<app::Settings> load_or_tell(const std::string& file, config::SecretUse secrets) {
  config::Mistakes mistakes(secrets);
  auto settings = app::load_settings(file, mistakes);
  for (const auto& mistake : mistakes.sorted())
    system::print(stderr, fmt::format("{}\n", config::show(mistake)));
  for (const std::string& secret : mistakes.skipped())
    system::print(stderr, fmt::format("not read: {}\n", secret));
  return settings;
}

int check_command(const app::Flags& flags) {
  const auto settings = load_or_tell(flags.config_file, secret_use(flags));
  if (!settings) return app::exit_config;
  system::print(stdout,
                fmt::format("{}: good, {} probe{}, about {} series of metrics\n", flags.config_file,
                            settings->checks.size(), settings->checks.size() == 1 ? "" : "s",
                            app::series_of(*settings)));
  return app::exit_ok;
}

}  // namespace sonde::commands
