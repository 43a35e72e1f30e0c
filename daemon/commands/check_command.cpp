#include <fmt/format.h>

#include <cstdio>

#include "daemon/access/web_config.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/app/shard.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/system/output.hpp"
#include "daemon/web/web.hpp"

namespace sonde::commands {

config::SecretUse secret_use(const app::Flags& flags) {
  return flags.no_secrets ? config::SecretUse::skip : config::SecretUse::read;
}

std::optional<app::Settings> load_or_tell(const app::Flags& flags, config::SecretUse secrets) {
  config::Mistakes mistakes(secrets);
  auto settings = app::load_settings(flags.config_file, mistakes, flags.instance());
  for (const auto& mistake : mistakes.sorted())
    system::print(stderr, fmt::format("{}\n", config::show(mistake)));
  for (const std::string& secret : mistakes.skipped())
    system::print(stderr, fmt::format("not read: {}\n", secret));
  return settings;
}

namespace {

// The web configuration, if the flags name a good one; `mistakes` gets what is to be said of it.
std::optional<access::WebConfig> web_config_of(const app::Flags& flags,
                                               config::Mistakes& mistakes) {
  if (flags.web_config_file.empty()) return access::WebConfig{};
  access::WatchedFiles files;
  return access::load_web_config(flags.web_config_file, mistakes, files);
}

// Says everything about the daemon's port; false: there is a mistake.
bool tell_web(const app::Flags& flags) {
  config::Mistakes mistakes(secret_use(flags));
  const auto config = web_config_of(flags, mistakes);
  for (const auto& mistake : mistakes.sorted())
    system::print(stderr, fmt::format("{}\n", config::show(mistake)));
  for (const std::string& file : mistakes.skipped())
    system::print(stderr, fmt::format("not read: {}\n", file));
  const auto open = web::is_public(flags.listen_address);
  if (!open) system::print(stderr, fmt::format("--web.listen-address: {}\n", open.error()));
  if (open && *open && config && !access::asks(*config))
    system::print(stderr, fmt::format("--web.listen-address: warning: other machines can reach {}, "
                                      "and nothing is asked of them; --web.config.file sets "
                                      "passwords or certificates\n",
                                      flags.listen_address));
  if (open && *open && config && !config->settings.tls && !config->settings.users.empty())
    system::print(stderr, fmt::format("--web.listen-address: warning: passwords cross the network "
                                      "unencrypted to {}; tls_server_config in {} turns HTTPS on\n",
                                      flags.listen_address, flags.web_config_file));
  return config && open;
}

}  // namespace

bool read_web(const app::Flags& flags, config::Mistakes& mistakes) {
  return web_config_of(flags, mistakes).has_value();
}

namespace {

// "about 120 series of metrics", of all shards if there are several.
std::string series_words(app::Settings settings, const Shard& shard) {
  std::size_t all = 0;
  for (const Shard& one : app::all_of(shard)) {
    settings.checks = app::of_shard(one, settings.of_file);
    all += app::expected_series(settings);
  }
  return fmt::format("about {} series of metrics{}", all,
                     shard.is_whole() ? "" : fmt::format(" in all {} shards", shard.count));
}

}  // namespace

int check_command(const app::Flags& flags) {
  const auto settings = load_or_tell(flags, secret_use(flags));
  const bool web_good = tell_web(flags);
  if (!settings || !web_good) return app::exit_config;
  system::print(
      stdout,
      fmt::format("{}: good, {} probe{}, {}\n", flags.config_file, settings->checks.size(),
                  settings->checks.size() == 1 ? "" : "s", series_words(*settings, flags.shard)));
  return app::exit_ok;
}

}  // namespace sonde::commands
