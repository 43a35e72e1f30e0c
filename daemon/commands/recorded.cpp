#include "daemon/commands/recorded.hpp"

#include <fmt/format.h>

#include "config/mistake.hpp"

namespace sonde::commands {

std::expected<app::Settings, std::string> settings_with_store(const app::Flags& flags) {
  config::Mistakes mistakes(config::SecretUse::skip);
  auto settings = app::load_settings(flags.config_file, mistakes, flags.instance());
  if (!settings) {
    const auto all = mistakes.sorted();
    return std::unexpected(all.empty() ? flags.config_file + " cannot be read"
                                       : config::show(all.front()));
  }
  if (settings->storage.path.empty())
    return std::unexpected(
        fmt::format("{} has no storage.path, so runs are not recorded", flags.config_file));
  return *std::move(settings);
}

std::string neither(std::string_view daemon, std::string_view store) {
  return fmt::format("no daemon answers ({}), and its store cannot be read either ({})", daemon,
                     store);
}

}  // namespace sonde::commands
