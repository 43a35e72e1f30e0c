#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/app/run_daemon.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/heap.hpp"
#include "daemon/system/lifecycle.hpp"
#include "daemon/system/service_manager.hpp"

namespace sonde::commands {
namespace {

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warning") return log::Level::warning;
  return name == "error" ? log::Level::error : log::Level::info;
}

}  // namespace

int serve_command(const app::Flags& flags) {
  system::Lifecycle::hold_reloads();
  system::keep_little_free_memory();
  system::raise_descriptor_limit();
  const std::vector<int> sockets = service_manager::passed_sockets();
  config::Mistakes mistakes;
  auto settings = app::load_settings(flags.config_file, mistakes, flags.instance());
  const bool web_good = read_web(flags, mistakes);
  system::Lifecycle::hold_stops();  // later than the load, which may wait for ever at a pipe
  log::set_up(level_of(flags.log_level), flags.log_format);
  app::log_mistakes(mistakes);
  if (!settings || !web_good) {
    log::say(log::Level::error, "cannot start: the configuration has mistakes",
             {{"file", settings ? flags.web_config_file : flags.config_file}});
    log::finish();
    return app::exit_config;
  }
  const auto ran = run_daemon(flags, std::move(*settings), sockets);
  if (ran)
    log::say(log::Level::info, "stopped");
  else
    log::say(log::Level::error, "cannot start: " + ran.error());
  log::finish();
  return ran ? app::exit_ok : app::exit_failed;
}

}  // namespace sonde::commands
