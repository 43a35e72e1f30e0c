#include <fmt/format.h>
#include <malloc.h>

#include "daemon/app.hpp"
#include "daemon/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/log.hpp"

namespace sonde {
namespace {

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warning") return log::Level::warning;
  return name == "error" ? log::Level::error : log::Level::info;
}

// Left alone, glibc raises the size of a block that is given back to the system at once to that of
// the largest that was freed: after a page of metrics some 16 MB would stay.
void give_back_memory() {
  constexpr int bytes = 128 * 1024;
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, bytes);
}

}  // namespace

int serve_command(const Flags& flags) {
  give_back_memory();
  auto settings = load_or_tell(flags.config_file);
  if (!settings) return exit_config;
  log::set_up(level_of(flags.log_level), flags.log_format);
  auto app = App::start(flags, std::move(*settings));
  if (!app) {
    log::say(log::Level::error, "cannot start: " + app.error());
    log::finish();
    return exit_failed;
  }
  const int code = (*app)->run();
  app->reset();
  log::say(log::Level::info, "stopped");
  log::finish();
  return code;
}

}  // namespace sonde
