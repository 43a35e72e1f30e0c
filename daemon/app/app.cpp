#include "daemon/app/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "daemon/app/app_parts.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/web/routes.hpp"

namespace sonde::app {

using log::Level;

namespace {

// Most descriptors are for the probes.
std::size_t connections_max() {
  return std::clamp<std::size_t>(system::descriptor_limit() / 4, 64,
                                 web::Web::Options().connections_max);
}

}  // namespace

void App::start() {
  if (state.settings.storage.path.empty())
    log::say(log::Level::warning, "no storage.path: windows and alerts begin anew at each start");
  lists.sinks = {&judge, &conclusions, &run_log, &memory, &metrics, &landing, &alerting};
  const auto add = [this](auto& part) {
    lists.changed.emplace_back([&part](Changes& changes) {
      std::ranges::move(part.take_notes(), std::back_inserter(changes.notes));
    });
  };
  lists.changed.emplace_back([this](Changes& changes) {
    judge.take_changes(changes);
    std::ranges::move(maintenance.take_notes(std::chrono::system_clock::now()),
                      std::back_inserter(changes.notes));
  });
  add(deploys);
  add(conclusions);
  add(engine);
  add(notifier);
  judge.assign(state.settings.checks);
  assign_alerts();
  restore(memory.take_remembered());
  assign();
  alerting.start();
  heartbeat.assign(state.settings.heartbeat);
  serve();
}

// Serves the port and heeds signals: from now on others may ask.
void App::serve() {
  web::RouteHooks hooks{.metrics = &metrics,
                        .landing = &landing,
                        .unready = [this] { return state.unready; },
                        .reload = {},
                        .api = api()};
  if (state.flags.enable_lifecycle) hooks.reload = [this] { return reload(); };
  lifecycle_.emplace(
      loop.get_executor(),
      system::Lifecycle::Hooks{.stop = [this] { stop(); },
                               .reload = [this] { reload(); },
                               .progressed = [this] { return pool.progressed(Clock::now()); }});
  web.serve({.routes = standard_routes(std::move(hooks)),
             .external_url = state.flags.external_url,
             .allowed_hosts = state.flags.allowed_hosts,
             .connections_max = connections_max(),
             .served = [this](std::string handler, unsigned code, Span took) {
               metrics.served(std::move(handler), code, took);
             }});
  state.unready.clear();
  lifecycle_->ready(status());
  log::say(log::Level::info, "ready",
           {{"address", web.address()},
            {"probes", std::to_string(state.settings.checks.size())},
            {"workers", std::to_string(state.settings.workers)}});
}

// What was there when the daemon last ended.
void App::restore(const RestoredState& remembered) {
  judge.restore(remembered);
  maintenance.restore(remembered.notes);
  deploys.restore(remembered.notes);
  engine.restore(remembered.notes);
  notifier.restore(remembered.notes);
  pool.restore(conclusions.restore(remembered.notes));
}

void App::assign() {
  const Settings& settings = state.settings;
  pool.assign(settings.checks, settings.egress);
  landing.assign(settings.checks);
  metrics.assign(settings.checks, pool.in_flight());
  metrics.loaded(true, settings.hash, std::chrono::system_clock::now());
}

void App::assign_alerts() {
  const Settings& settings = state.settings;
  maintenance.assign(settings.maintenance);
  std::vector<judge::Judge::Watched> watched;
  for (auto& [check, timed] : timed_by(settings.rules, judge.checks()))
    watched.push_back({check, timed});
  judge.watch(watched);
  engine.assign(settings.rules);
  notifier.assign(settings.receivers);
}

std::string App::status() const {
  return fmt::format("{} probes on {} workers", state.settings.checks.size(),
                     state.settings.workers);
}

}  // namespace sonde::app
