#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>
#include <utility>

#include "daemon/app_parts.hpp"

namespace sonde {
namespace {

WallTime wall() { return std::chrono::system_clock::now(); }

}  // namespace

void App::Parts::build_engine() {
  EngineOptions options{.external_url = external_url(),
                        .runbook_base = {},
                        .suppressed = [this](const Check& check,
                                             WallTime now) { return maintenance.why(check, now); },
                        .deployed =
                            [this](const std::string& target, WallTime since, WallTime until) {
                              const auto marker = deploys.recent(target, since, until);
                              return marker ? show(*marker) : "";
                            },
                        .blind = [this](WallTime) { return pool && pool->egress_up() == false; }};
  engine = std::make_unique<Engine>(*judge, std::move(options));
}

void App::Parts::build_telling() {
  const auto main = loop.get_executor();
  network = std::make_unique<net::Network>(main);
  notifier = std::make_unique<Notifier>(*network,
                                        Notifier::Options{.changed = [this] { memory->changed(); },
                                                          .external_url = external_url(),
                                                          .seed = std::random_device()()});
  heartbeat =
      std::make_unique<Heartbeat>(*network, Heartbeat::Hooks{.healthy = [this] { return well(); }});
  alerting = std::make_unique<Alerting>(
      main, *engine, *notifier,
      Alerting::Options{
          .keep = [this](std::function<void()> then) { memory->keep(std::move(then)); },
          .tells = [this] { return settings.alerting == AlertingBy::embedded; }});
  sinks.push_back(alerting.get());
}

// Whoever hears the heartbeat may sleep: results are judged, kept, and can be told.
bool App::Parts::well() const {
  const Instant now = Clock::now();
  return !stopping && pool->on_time(now) && alerting->progressed(now) &&
         !memory->facts().degraded && notifier->delivers();
}

void App::Parts::assign_alerts() {
  maintenance.assign(settings.maintenance);
  std::vector<Judge::Watched> watched;
  for (auto& [check, timed] : timed_by(settings.rules, judge->checks()))
    watched.push_back({check, timed});
  judge->watch(watched);
  engine->assign(settings.rules);
  notifier->assign(settings.receivers);
  heartbeat->assign(settings.heartbeat);
}

void App::Parts::restore(const Remembered& remembered) {
  judge->restore(remembered);
  maintenance.restore(remembered.notes);
  deploys.restore(remembered.notes);
  engine->restore(remembered.notes);
  notifier->restore(remembered.notes);
}

void App::Parts::gather(Changes& changes) {
  judge->take_changes(changes);
  auto add = [&changes](std::vector<Note> notes) {
    std::ranges::move(notes, std::back_inserter(changes.notes));
  };
  add(maintenance.take_notes(wall()));
  add(deploys.take_notes());
  add(lockouts.take_notes());
  add(engine->take_notes());
  add(notifier->take_notes());
}

}  // namespace sonde
