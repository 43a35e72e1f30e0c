#include <fmt/format.h>

#include <cstdio>

#include "daemon/app/exit_code.hpp"
#include "daemon/commands/commands.hpp"

namespace sonde::commands {

std::optional<app::Settings> load_or_tell(const std::string& file) {
  config::Mistakes mistakes;
  auto settings = app::load_settings(file, mistakes);
  for (const auto& mistake : mistakes.sorted()) fmt::print(stderr, "{}\n", config::show(mistake));
  return settings;
}

int check_command(const app::Flags& flags) {
  const auto settings = load_or_tell(flags.config_file);
  if (!settings) return app::exit_config;
  fmt::print("{}: good, {} probe{}\n", flags.config_file, settings->checks.size(),
             settings->checks.size() == 1 ? "" : "s");
  return app::exit_ok;
}

}  // namespace sonde::commands
