#include <chrono>
#include <utility>

#include "daemon/app/app_parts.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/heap.hpp"

namespace sonde::app {
namespace {

using log::Level;

// Every mistake of a load in the log; all of them in one text for whoever asked.
std::string tell(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    log::say(mistake.warning ? log::Level::warning : log::Level::error, config::show(mistake));
    if (!mistake.warning) all += config::show(mistake) + "\n";
  }
  return all;
}

}  // namespace

// What is bound to a thread or a file for the life of the process stays as it is.
void App::keep_for_restart(Settings& loaded) const {
  if (loaded.workers != state.settings.workers)
    log::say(log::Level::warning, "a change of workers takes effect at a restart");
  if (!(loaded.storage == state.settings.storage))
    log::say(log::Level::warning, "a change of storage takes effect at a restart");
  loaded.workers = state.settings.workers;
  loaded.storage = state.settings.storage;
}

std::string App::reload() {
  if (state.stopping) return "stopping";
  lifecycle_->reloading();
  config::Mistakes mistakes;
  auto loaded = load_settings(state.flags.config_file, mistakes);
  std::string wrong = tell(mistakes);
  if (loaded) {
    keep_for_restart(*loaded);
    state.settings = std::move(*loaded);
    judge.assign(state.settings.checks);
    assign_alerts();
    assign();
    heartbeat.assign(state.settings.heartbeat);
    log::say(log::Level::info, "reloaded",
             {{"probes", std::to_string(state.settings.checks.size())}});
  } else {
    metrics.loaded(false, state.settings.hash, std::chrono::system_clock::now());
    log::say(log::Level::error, "reload refused; the old configuration stays",
             {{"file", state.flags.config_file}});
  }
  system::give_back_free_memory();
  lifecycle_->ready(status());
  return loaded ? "" : wrong;
}

}  // namespace sonde::app
