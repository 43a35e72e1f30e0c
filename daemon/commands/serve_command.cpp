#include <fmt/format.h>

#include "daemon/app/exit_code.hpp"
#include "daemon/app/run_daemon.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/heap.hpp"
#include "daemon/system/lifecycle.hpp"

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
  auto settings = load_or_tell(flags.config_file);
  if (!settings) return app::exit_config;
  system::Lifecycle::hold_stops();  // later than the load, which may wait for ever at a pipe
  log::set_up(level_of(flags.log_level), flags.log_format);
  const auto ran = run_daemon(flags, std::move(*settings));
  if (ran)
    log::say(log::Level::info, "stopped");
  else
    log::say(log::Level::error, "cannot start: " + ran.error());
  log::finish();
  return ran ? app::exit_ok : app::exit_failed;
}

}  // namespace sonde::commands
