#include "daemon/app/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "daemon/app/app_parts.hpp"
#include "daemon/app/evidence_page.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/app/stopper.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/heap.hpp"
#include "daemon/web/routes.hpp"

namespace sonde::app {

namespace {

// Most descriptors are reserved for the probes.
std::size_t connections_max() {
  return std::clamp<std::size_t>(system::descriptor_limit() / 4, 64,
                                 web::Web::Options().connections_max);
}

}  // namespace

void App::start() {
  if (state.settings.storage.path.empty())
    log::say(log::Level::warning, "no storage.path: windows and alerts are lost at each restart");
  lists.sinks = {&judge, &conclusions, &run_log, &memory, &metrics, &status_page, &alerting};
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

// Serves the port and handles signals: from now on requests are answered.
void App::serve() {
  web::RouteHooks hooks{.metrics = &metrics,
                        .status_page = &status_page,
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
             .served = [this](web::Served request) {
               if (request.handler == "/metrics" && request.status == 200)
                 metrics.scraped(std::move(request.client), request.asked);
               metrics.served(std::move(request.handler), request.status, request.took);
             }});
  state.unready.clear();
  lifecycle_->ready(status());
  log::say(log::Level::info, "ready",
           {{"address", web.address()},
            {"probes", std::to_string(state.settings.checks.size())},
            {"workers", std::to_string(state.settings.workers)}});
}

// Restores the state from when the daemon last ended.
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
  status_page.assign(settings.checks);
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

namespace {

constexpr std::size_t evidence_max = 20;

WallTime wall() { return std::chrono::system_clock::now(); }

}  // namespace

web::ApiHooks App::api() {
  return {
      .view = &judge,
      .alerts = [this] { return engine.facts(); },
      .rules = [this] { return engine.rule_facts(); },
      .maintenance = [this] { return maintenance.list(wall()); },
      .deploys = [this] { return deploys.list(); },
      .evidence = [this](const std::string& probe, const std::string& target,
                         web::ApiHooks::Reply reply) { evidence(probe, target, std::move(reply)); },
      .admin = state.flags.enable_admin_api,
      .maintain =
          [this](const MaintenanceRequest& request) {
            auto made = maintenance.add(request, judge.checks(), wall());
            if (made) judge_again();
            return made;
          },
      .end_maintenance =
          [this](std::string_view id) {
            auto ended = maintenance.end(id, wall());
            if (ended) judge_again();
            return ended;
          },
      .write = [this](std::function<void(bool)> then) { memory.write(std::move(then)); },
      .deploy =
          [this](const DeployRequest& request) {
            auto made = deploys.add(request, judge.checks(), wall());
            if (made) memory.changed();
            return made;
          }};
}

// Receivers may be notified differently now.
void App::judge_again() {
  memory.changed();
  alerting.judge();
}

void App::evidence(const std::string& probe, const std::string& target,
                   web::ApiHooks::Reply reply) {
  const auto checks = judge.checks();
  const auto found = std::ranges::find_if(
      checks, [&](const auto& check) { return check->name == probe && check->target == target; });
  if (found == checks.end()) return reply(std::nullopt);
  store::Store* store = memory.store();
  if (store == nullptr)
    return reply("Nothing is remembered: there is no storage.path in the configuration.\n");
  EvidenceQuery query{.check = key_of(**found), .limit = evidence_max, .with_proof = true};
  store->evidence(std::move(query), [this, check = *found, reply = std::move(reply)](
                                        store::Store::Evidence rows) mutable {
    if (!rows) return reply(rows.error() + "\n");
    show_evidence(check, std::move(*rows), std::move(reply));
  });
}

void App::show_evidence(const std::shared_ptr<const Check>& check, std::vector<EvidenceRow> rows,
                        web::ApiHooks::Reply reply) {
  const auto newest = std::ranges::find(rows, true, &EvidenceRow::transcript);
  if (newest == rows.end()) return reply(evidence_page(*check, rows, {}));
  const auto proof = std::ranges::find_if(
      rows, [](const EvidenceRow& row) { return row.transcript && row.proof; });
  const std::int64_t id = newest->id;
  const std::int64_t proof_id = proof == rows.end() ? id : proof->id;
  memory.store()->transcript(id, [this, id, proof_id, check, rows = std::move(rows),
                                  reply = std::move(reply)](store::Store::Transcript read) mutable {
    Transcripts transcripts{.newest = read.value_or(""), .proof = ""};
    if (proof_id == id) return reply(evidence_page(*check, rows, transcripts));
    memory.store()->transcript(proof_id,
                               [check, rows = std::move(rows), transcripts = std::move(transcripts),
                                reply = std::move(reply)](store::Store::Transcript proof) mutable {
                                 transcripts.proof = proof.value_or("");
                                 reply(evidence_page(*check, rows, transcripts));
                               });
  });
}

namespace {

// Logs every mistake of a load, and returns all of them as one text.
std::string tell(const config::Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) {
    log::say(mistake.warning ? log::Level::warning : log::Level::error, config::show(mistake));
    if (!mistake.warning) all += config::show(mistake) + "\n";
  }
  return all;
}

}  // namespace

// Settings that are bound to a thread or a file stay as they were until a restart.
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

namespace {

// Longer than the longest wait for the answer to a refresh token (auth::keep_late).
constexpr Span drain_max = std::chrono::milliseconds(6500);
constexpr Span tell_max = std::chrono::seconds(2);

using Done = std::function<void(bool in_time)>;

}  // namespace

void App::stop() {
  if (state.stopping) return;
  state.stopping = true;
  state.unready = "stopping";
  lifecycle_->stopping("stopping");
  log::say(log::Level::info, "stopping: cutting the runs under way");
  std::vector<Stopper::Step> steps = {
      {"workers", [this](Done done) { pool.stop(drain_max, std::move(done)); }},
      {"heartbeat",
       [this](Done done) { heartbeat.stop([done = std::move(done)] { done(true); }); }},
      {"receivers", [this](Done done) { stop_telling(std::move(done)); }},
      {"store", [this](Done done) { memory.stop(std::move(done)); }},
      {"listener", [this](const Done& done) {
         web.stop();
         done(true);
       }}};
  Stopper::run(std::move(steps), [this](bool in_time) { stopped(in_time); });
}

// State is written before alerts are sent, and the result of sending after that.
void App::stop_telling(std::function<void(bool)> done) {
  alerting.stop();
  memory.keep([this, done = std::move(done)]() mutable {
    notifier.stop(tell_max, [done = std::move(done)] { done(true); });
  });
}

void App::stopped(bool in_time) {
  lifecycle_->close();
  if (in_time) return;
  // A thread that hangs still holds what it would post to, so nothing may be destroyed.
  log::finish();
  std::_Exit(exit_failed);
}

}  // namespace sonde::app
