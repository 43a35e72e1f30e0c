#include "daemon/app/run_daemon.hpp"

#include <chrono>
#include <random>
#include <utility>

#include "daemon/app/app.hpp"
#include "daemon/app/shared_tables.hpp"
#include "daemon/app/version.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/heap.hpp"
#include "probes/net/network.hpp"
#include "probes/net/version.hpp"

namespace sonde::app {
namespace {

using Opened = std::expected<std::unique_ptr<Persistence>, std::string>;

Opened open_memory(const Settings& settings, const boost::asio::any_io_executor& main,
                   const AppLists& lists, const maintenance::Maintenance& maintenance) {
  return Persistence::open(
      settings.storage, main,
      [&lists](Changes& changes) {
        for (const auto& add : lists.changed) add(changes);
      },
      [&maintenance](const Result& result) {
        return maintenance.excludes(*result.check, result.started);
      });
}

// The folder is locked by us at this point.
schedule::Pool::Options pool_options(const Settings& settings, const AppLists& lists) {
  return {.workers = static_cast<std::size_t>(settings.workers),
          .publish =
              [&lists](const ResultPtr& result) {
                for (Sink* sink : lists.sinks) sink->accept(result);
              },
          .lockouts = open_lockouts(settings.storage),
          .issued = open_issued(settings.storage)};
}

// Until the references were asked once, nobody knows whether a failure is our own.
std::optional<bool> is_blind(const AppState& state, const schedule::Pool& pool) {
  if (!state.settings.egress) return false;
  const auto up = pool.egress_up();
  return up ? std::optional(!*up) : std::nullopt;
}

alert::EngineOptions engine_options(const AppState& state, std::string url,
                                    const maintenance::Maintenance& maintenance,
                                    const maintenance::Deploys& deploys,
                                    const schedule::Pool& pool) {
  return {.external_url = std::move(url),
          .runbook_base = {},
          .suppressed = [&maintenance](const Check& check,
                                       WallTime now) { return maintenance.why(check, now); },
          .deployed =
              [&deploys](const std::string& target, WallTime since, WallTime until) {
                const auto marker = deploys.recent(target, since, until);
                return marker ? maintenance::show(*marker) : "";
              },
          .blind = [&state, &pool](WallTime) { return is_blind(state, pool); }};
}

notify::Notifier::Options notifier_options(std::string url, Persistence& memory,
                                           alert::History& history) {
  return {.changed = [&memory] { memory.changed(); },
          .accepted =
              [&history](const std::string& receiver, std::span<const notify::Queue::Sent> sent) {
                const WallTime now = std::chrono::system_clock::now();
                for (const auto& one : sent) history.notified(receiver, one.alert, one.firing, now);
              },
          .external_url = std::move(url),
          .seed = std::random_device()()};
}

Alerting::Options alerting_options(const AppState& state, Persistence& memory) {
  return {.keep = [&memory](std::function<void()> then) { memory.keep(std::move(then)); },
          .tells = [&state] { return state.settings.alerting == AlertingBy::embedded; }};
}

// The heartbeat says that results are evaluated, stored, and can be sent.
notify::Heartbeat::Hooks heartbeat_hooks(const AppState& state, const Persistence& memory,
                                         const schedule::Pool& pool,
                                         const notify::Notifier& notifier,
                                         const Alerting& alerting) {
  return {.unhealthy = [&]() -> std::string {
    constexpr Span delivery_patience = std::chrono::minutes(2);
    const Instant now = Clock::now();
    if (state.stopping) return "the daemon stops";
    if (!pool.on_time(now)) return "probes do not run on time";
    if (!alerting.progressed(now)) return "alerts are not judged";
    if (memory.facts().degraded) return "the store loses rows";
    const std::string receiver = notifier.undelivered(delivery_patience);
    return receiver.empty() ? "" : "receiver " + receiver + " has not taken an alert for minutes";
  }};
}

metrics::Metrics::Options metrics_options(const Settings& settings,
                                          const maintenance::Maintenance& maintenance,
                                          std::function<Facts()> facts) {
  return {.version = std::string(net::version),
          .revision = std::string(revision),
          .workers = static_cast<std::size_t>(settings.workers),
          .facts = std::move(facts),
          .excluded = [&maintenance](const Result& result) {
            return maintenance.excludes(*result.check, result.started);
          }};
}

std::string url_of(const Flags& flags, const web::Web& web, const access::Access& access) {
  const std::string scheme = access.has_tls() ? "https://" : "http://";
  return flags.external_url.empty() ? scheme + web.address() : flags.external_url;
}

std::expected<std::unique_ptr<web::Web>, std::string> open_port(
    const boost::asio::any_io_executor& main, const Flags& flags, const std::vector<int>& sockets,
    const access::Access& access) {
  auto web =
      sockets.empty() ? web::Web::bind(main, flags.listen_address) : web::Web::adopt(main, sockets);
  if (web && (*web)->is_public() && !access.asks())
    log::say(log::Level::warning,
             "other machines can reach this port, and nothing is asked of them; --web.config.file "
             "sets passwords or certificates",
             {{"address", (*web)->address()}});
  return web;
}

}  // namespace

// Each component is a local variable and gets those above it: one that is not built yet has no name
// here, and components end in reverse order. The web server is built before the probes, so a port
// in use is reported before any request is made.
std::expected<void, std::string> run_daemon(const Flags& flags, Settings settings,
                                            const std::vector<int>& sockets) {
  boost::asio::io_context loop{1};
  const auto main = loop.get_executor();
  AppState state{.flags = flags, .settings = std::move(settings)};
  take_shard(state);
  AppLists lists;
  maintenance::Maintenance maintenance;
  maintenance::Deploys deploys;
  Conclusions conclusions;
  RunLog run_log;
  auto memory = open_memory(state.settings, main, lists, maintenance);
  if (!memory) return std::unexpected(memory.error());
  auto access = access::Access::open(main, flags.web_config_file);
  if (!access) return std::unexpected(access.error());
  auto web = open_port(main, flags, sockets, **access);
  if (!web) return std::unexpected(web.error());
  const std::string url = url_of(flags, **web, **access);
  judge::Judge judge([&maintenance](const Check& check, WallTime began) {
    return maintenance.excludes(check, began);
  });
  schedule::Pool pool(main, pool_options(state.settings, lists));
  alert::Engine engine(judge, engine_options(state, url, maintenance, deploys, pool));
  net::Network network(main);  // of who tells, on the main thread
  alert::History history;
  notify::Notifier notifier(network, notifier_options(url, **memory, history));
  Alerting alerting(main, engine, history, notifier, alerting_options(state, **memory));
  notify::Heartbeat heartbeat(network, heartbeat_hooks(state, **memory, pool, notifier, alerting));
  metrics::Metrics metrics(metrics_options(state.settings, maintenance, [&] {
    const WallTime now = std::chrono::system_clock::now();
    const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    return Facts{.windows = window_facts(judge, state.settings.windows, second),
                 .alerts = engine.facts(),
                 .rules = engine.rule_facts(),
                 .receivers = notifier.facts(),
                 .store = (*memory)->facts(),
                 .maintenance = maintenance.facts(judge.checks(), now),
                 .egress_up = pool.egress_up(),
                 .heartbeat = heartbeat.last(),
                 .web_config_good = (*access)->is_good(),
                 .deploys = deploys.newest(judge.checks()),
                 .url = url,
                 .shard = flags.shard,
                 .restored = state.load.restored};
  }));
  page::MonitorLog monitor_log;
  page::Live live(main);
  App app({loop,     state,    lists,     maintenance, deploys,     conclusions, run_log,
           **memory, **access, **web,     judge,       pool,        engine,      history,
           notifier, alerting, heartbeat, metrics,     monitor_log, live});
  app.start();
  system::give_back_free_memory();
  loop.run();
  return {};
}

}  // namespace sonde::app
