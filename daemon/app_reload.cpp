#include <chrono>
#include <utility>

#include "daemon/app_parts.hpp"
#include "daemon/heap.hpp"
#include "daemon/log.hpp"

namespace sonde {
namespace {

using log::Level;

// Every mistake of a load in the log; all of them in one text for whoever asked.
std::string tell(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    log::say(mistake.warning ? Level::warning : Level::error, config::show(mistake));
    if (!mistake.warning) all += config::show(mistake) + "\n";
  }
  return all;
}

}  // namespace

void App::Parts::assign() {
  pool->assign(settings.checks, settings.egress);
  landing->assign(settings.checks);
  metrics->assign(settings.checks, pool->in_flight());
  metrics->loaded(true, settings.hash, std::chrono::system_clock::now());
}

// What is bound to a thread or a file for the life of the process stays as it is.
void App::Parts::keep_for_restart(Settings& loaded) const {
  if (loaded.workers != settings.workers)
    log::say(Level::warning, "a change of workers takes effect at a restart");
  if (!(loaded.storage == settings.storage))
    log::say(Level::warning, "a change of storage takes effect at a restart");
  loaded.workers = settings.workers;
  loaded.storage = settings.storage;
}

std::string App::Parts::reload() {
  if (stopping) return "stopping";
  lifecycle->reloading();
  config::Mistakes mistakes;
  auto loaded = load_settings(flags.config_file, mistakes);
  std::string wrong = tell(mistakes);
  if (loaded) {
    keep_for_restart(*loaded);
    settings = std::move(*loaded);
    judge->assign(settings.checks);
    assign_alerts();
    assign();
    log::say(Level::info, "reloaded", {{"probes", std::to_string(settings.checks.size())}});
  } else {
    metrics->loaded(false, settings.hash, std::chrono::system_clock::now());
    log::say(Level::error, "reload refused; the old configuration stays",
             {{"file", flags.config_file}});
  }
  give_back_free_memory();
  lifecycle->ready(status());
  return loaded ? "" : wrong;
}

}  // namespace sonde
