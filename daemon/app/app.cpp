#include "daemon/app/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "daemon/app/evidence_page.hpp"
#include "daemon/app/exit_code.hpp"
#include "daemon/app/history_at_start.hpp"
#include "daemon/app/shard.hpp"
#include "daemon/app/stopper.hpp"
#include "daemon/app/version.hpp"
#include "daemon/log/log.hpp"
#include "daemon/rules/prometheus_question.hpp"
#include "daemon/system/descriptors.hpp"
#include "daemon/system/heap.hpp"
#include "probes/net/version.hpp"

namespace sonde::app {
namespace {

// Most descriptors are reserved for the probes.
std::size_t connections_max() {
  return std::clamp<std::size_t>(system::descriptor_limit() / 4, 64,
                                 web::Web::Options().connections_max);
}

}  // namespace

void take_shard(AppState& state) {
  const Shard& shard = state.flags.shard;
  if (shard.is_whole()) return;
  Settings& settings = state.settings;
  const std::size_t all = settings.checks.size();
  settings.checks = of_shard(shard, std::move(settings.checks));
  log::say(log::Level::info, "shard",
           {{"index", std::to_string(shard.index)},
            {"count", std::to_string(shard.count)},
            {"replicas", std::to_string(shard.replicas)},
            {"probes", fmt::format("{} of {}", settings.checks.size(), all)}});
  if (settings.alerting == AlertingBy::embedded && !settings.receivers.empty())
    log::say(log::Level::warning,
             "each shard notifies receivers of its own probes alone, and an outage that several "
             "see pages several times; write 'alerting: prometheus'");
}

void App::start() {
  if (state.settings.storage.path.empty())
    log::say(log::Level::warning, "no storage.path: windows and alerts are lost at each restart");
  state.load.started = state.load.loaded = std::chrono::system_clock::now();
  lists.sinks = {&judge,       &conclusions, &run_log,         &memory, &metrics,
                 &monitor_log, &alerting,    &service_status_, &live};
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
  add(history);
  add(notifier);
  judge.assign(state.settings.checks);
  assign_alerts();
  restore(memory.take_remembered());
  tell_history(judge, !state.settings.storage.path.empty(), state.load);
  assign();
  resume_metrics(judge, memory, metrics);
  alerting.start();
  heartbeat.assign(state.settings.heartbeat);
  serve();
}

// Serves the port and handles signals: from now on requests are answered.
void App::serve() {
  web::RouteHooks hooks{.metrics = &metrics,
                        .unready = [this] { return state.unready; },
                        .reload = {},
                        .api = api(),
                        .probe = probe_hooks(state.settings, pool),
                        .runs = run_hooks(judge, memory, elsewhere()),
                        .discovery = {.checks = [this] { return judge.checks(); },
                                      .instance = [this] { return instance(); },
                                      .tls = access.has_tls()}};
  if (state.flags.enable_lifecycle) hooks.reload = [this] { return reload(); };
  lifecycle_.emplace(
      loop.get_executor(),
      system::Lifecycle::Hooks{.stop = [this] { stop(); },
                               .reload = [this] { reload(); },
                               .progressed = [this] { return pool.progressed(Clock::now()); }});
  std::vector<web::Route> routes = standard_routes(std::move(hooks));
  std::ranges::move(page::page_routes(pages()), std::back_inserter(routes));
  web.serve({.routes = std::move(routes),
             .external_url = state.flags.external_url,
             .allowed_hosts = state.flags.allowed_hosts,
             .connections_max = connections_max(),
             .of_address_max = connections_max() / 4,
             .access = &access,
             .served = [this](web::Served request) {
               if (request.handler == "/metrics" && request.status == 200)
                 metrics.scraped(std::move(request.client), request.asked);
               metrics.served(std::move(request.handler), request.status, request.took);
             }});
  state.unready.clear();
  lifecycle_->ready(service_status_.line());
  service_status_.start([this](const std::string& line) {
    if (!state.stopping) lifecycle_->status(line);
  });
  log::say(log::Level::info, "ready",
           {{"address", web.addresses()},
            {"probes", std::to_string(state.settings.checks.size())},
            {"workers", std::to_string(state.settings.workers)}});
}

// Restores the state from when the daemon last ended.
void App::restore(const RestoredState& remembered) {
  judge.restore(remembered);
  maintenance.restore(remembered.notes);
  deploys.restore(remembered.notes);
  engine.restore(remembered.notes);
  history.restore(remembered.notes);
  notifier.restore(remembered.notes);
  pool.restore(conclusions.restore(remembered.notes));
}

Instance App::instance() const {
  return {.location = state.settings.location, .shard = state.flags.shard};
}

void App::assign() {
  const Settings& settings = state.settings;
  run_log.assign(settings.checks);
  service_status_.assign(settings.checks.size(), settings.workers);
  pool.assign(settings.checks, settings.egress);
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

namespace {

constexpr std::size_t evidence_max = 20;

WallTime wall() { return std::chrono::system_clock::now(); }

// Logs who changed what other people are notified of.
void log_change(const char* what, const std::string& of, const std::string& by) {
  log::say(log::Level::info, what, {{"of", of}, {"by", by}});
}

}  // namespace

web::ApiHooks App::api() {
  web::ApiHooks hooks{
      .view = &judge,
      .alerts = [this] { return alerts(); },
      .rules = [this] { return rules(); },
      .maintenance = [this] { return maintenance.list(wall()); },
      .deploys = [this] { return deploys.list(); },
      .evidence = [this](const std::string& probe, const std::string& target,
                         web::ApiHooks::Reply reply) { evidence(probe, target, std::move(reply)); },
      .config = [this] { return state.settings.yaml; },
      .instance = [this] { return instance(); },
      .elsewhere = elsewhere(),
      .version = std::string(net::version),
      .revision = std::string(revision),
      .external_url = state.flags.external_url,
      .admin = state.flags.enable_admin_api,
      .alert_history = [this](const AlertRecordQuery& query) { return history.list(query); }};
  add_changes(hooks);
  return hooks;
}

void App::add_changes(web::ApiHooks& hooks) {
  hooks.write = [this](std::function<void(bool)> then) { memory.write(std::move(then)); };
  hooks.maintain = [this](const MaintenanceRequest& request) {
    auto made = maintenance.add(request, state.settings.of_file, wall());
    if (made) {
      log_change("a maintenance window was made", made->id, made->author);
      judge_again();
    }
    return made;
  };
  hooks.end_maintenance = [this](std::string_view id) {
    auto ended = maintenance.end(id, wall());
    if (ended) {
      log_change("a maintenance window was ended", std::string(id), "");
      judge_again();
    }
    return ended;
  };
  hooks.deploy = [this](const DeployRequest& request) {
    auto made = deploys.add(request, state.settings.of_file, wall());
    if (made) {
      log_change("a deploy was marked", made->version, made->by);
      memory.changed();
    }
    return made;
  };
  hooks.acknowledge = [this](const AcknowledgeRequest& request) {
    auto made = history.acknowledge(request, wall());
    if (made) {
      log_change("an alert was acknowledged", request.alert, request.by);
      judge_again();
    }
    return made;
  };
  hooks.withdraw = [this](const AcknowledgeRequest& request) {
    auto gone = history.withdraw(request);
    if (gone) {
      log_change("an acknowledgement was taken back", request.alert, "");
      judge_again();
    }
    return gone;
  };
}

page::PageHooks App::pages() {
  return {.view = &judge,
          .sources = [this] { return page_sources_.at(wall(), alerts()); },
          .recorded = run_hooks(judge, memory, elsewhere()),
          .incidents = [this](const AlertRecordQuery& query) { return history.list(query); },
          .live = &live,
          .admin = state.flags.enable_admin_api,
          .public_settings = [this] { return state.settings.page; }};
}

std::vector<AlertFacts> App::alerts() const {
  auto all = engine.facts();
  for (AlertFacts& alert : all) alert.acknowledged = history.acknowledged(alert.labels);
  return all;
}

// With the condition of each as the query that asks Prometheus for it.
std::vector<RuleFacts> App::rules() const {
  auto all = engine.rule_facts();
  rules::PrometheusTallies tallies;
  for (RuleFacts& facts : all) {
    const auto rule =
        std::ranges::find(state.settings.rules, facts.name, &alert::RuleSettings::name);
    if (rule == state.settings.rules.end()) continue;
    const auto question = rules::prometheus_question(*rule, tallies);
    facts.query = question.failing.empty() ? question.fires : question.failing;
  }
  return all;
}

// Receivers may be notified differently now.
void App::judge_again() {
  live.changed();
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

// Settings that are bound to a thread or a file stay as they were until a restart.
std::vector<std::string> App::keep_for_restart(Settings& loaded) const {
  std::vector<std::string> notes;
  if (loaded.workers != state.settings.workers)
    notes.emplace_back("a change of workers takes effect at a restart");
  if (!(loaded.storage == state.settings.storage))
    notes.emplace_back("a change of storage takes effect at a restart");
  for (const std::string& note : notes) log::say(log::Level::warning, note);
  loaded.workers = state.settings.workers;
  loaded.storage = state.settings.storage;
  return notes;
}

web::ReloadOutcome App::reload() {
  web::ReloadOutcome outcome;
  if (state.stopping) return {.mistakes = "stopping", .at_restart = {}};
  lifecycle_->reloading();
  config::Mistakes mistakes;
  auto loaded = load_settings(state.flags.config_file, mistakes, state.flags.instance());
  const std::string wrong = log_mistakes(mistakes);
  state.load.error = loaded ? "" : wrong;
  if (loaded) {
    outcome.at_restart = keep_for_restart(*loaded);
    state.settings = std::move(*loaded);
    take_shard(state);
    judge.assign(state.settings.checks);
    assign_alerts();
    assign();
    heartbeat.assign(state.settings.heartbeat);
    state.load.loaded = std::chrono::system_clock::now();
    log::say(log::Level::info, "reloaded",
             {{"probes", std::to_string(state.settings.checks.size())}});
  } else {
    outcome.mistakes = wrong.empty() ? "the file cannot be loaded" : wrong;
    metrics.loaded(false, state.settings.hash, std::chrono::system_clock::now());
    log::say(log::Level::error, "reload refused; the old configuration stays",
             {{"file", state.flags.config_file}});
  }
  live.changed();
  system::give_back_free_memory();
  lifecycle_->ready(service_status_.line());
  return outcome;
}

namespace {

// Longer than the longest wait for the answer to a refresh token (auth::keep_late).
constexpr Span drain_max = std::chrono::milliseconds(6500);
constexpr Span tell_max = std::chrono::seconds(2);
constexpr Span serve_max = std::chrono::seconds(2);  // for the requests that have come

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
      {"listener",
       [this](Done done) { web.drain(serve_max, [done = std::move(done)] { done(true); }); }}};
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
