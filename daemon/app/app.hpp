#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/access/access.hpp"
#include "daemon/app/alerting.hpp"
#include "daemon/app/conclusions.hpp"
#include "daemon/app/flags.hpp"
#include "daemon/app/page_sources.hpp"
#include "daemon/app/persistence.hpp"
#include "daemon/app/run_hooks.hpp"
#include "daemon/app/run_log.hpp"
#include "daemon/app/service_status.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/maintenance/deploys.hpp"
#include "daemon/maintenance/maintenance.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/notify/heartbeat.hpp"
#include "daemon/page/live.hpp"
#include "daemon/page/monitor_log.hpp"
#include "daemon/page/pages.hpp"
#include "daemon/schedule/pool.hpp"
#include "daemon/system/lifecycle.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/routes.hpp"
#include "daemon/web/web.hpp"

namespace sonde::app {

// State that changes while the daemon runs and that several components use.
struct AppState {
  const Flags& flags;
  Settings settings;
  LoadStatus load = {};
  std::string unready = "starting";
  bool stopping = false;
};

// Leaves the checks of this daemon's shard.
void take_shard(AppState& state);

// The only connections from a component to ones that are built after it: lists that App fills when
// all components exist.
struct AppLists {
  std::vector<Sink*> sinks;
  std::vector<std::function<void(Changes&)>> changed;  // each appends the changes of a component
};

// Every component of the daemon, in the order in which run_daemon() builds them. Consists of
// references, so it can be made only when all of them exist.
struct AppParts {
  boost::asio::io_context& loop;
  AppState& state;
  AppLists& lists;
  maintenance::Maintenance& maintenance;
  maintenance::Deploys& deploys;
  Conclusions& conclusions;
  RunLog& run_log;
  Persistence& memory;
  access::Access& access;
  web::Web& web;
  judge::Judge& judge;
  schedule::Pool& pool;
  alert::Engine& engine;
  alert::History& history;
  notify::Notifier& notifier;
  Alerting& alerting;
  notify::Heartbeat& heartbeat;
  metrics::Metrics& metrics;
  page::MonitorLog& monitor_log;
  page::Live& live;
};

// Operations on all components together: start, reload, API, stop. Main thread only.
class App : private AppParts {
 public:
  explicit App(const AppParts& parts) : AppParts(parts) {}
  // Starts everything. Before this call nothing runs, listens or waits for a timer.
  void start();

 private:
  void assign();
  void assign_alerts();
  Instance instance() const;
  Elsewhere elsewhere() const { return elsewhere_of(state.settings, state.flags.shard); }
  void restore(const RestoredState& remembered);
  void serve();
  web::ReloadOutcome reload();
  std::vector<std::string> keep_for_restart(Settings& loaded) const;

  web::ApiHooks api();
  page::PageHooks pages();
  void add_changes(web::ApiHooks& hooks);
  std::vector<AlertFacts> alerts() const;
  std::vector<RuleFacts> rules() const;
  void judge_again();
  void evidence(const std::string& probe, const std::string& target, web::ApiHooks::Reply notified);
  void show_evidence(const std::shared_ptr<const Check>& check, std::vector<EvidenceRow> rows,
                     web::ApiHooks::Reply notified);

  void stop();
  void stop_telling(std::function<void(bool in_time)> done);
  void stopped(bool in_time);

  ServiceStatus service_status_{run_log, engine};
  PageSources page_sources_{state.settings, state.flags.shard, state.load,
                            maintenance,    deploys,           memory,
                            pool,           notifier,          monitor_log};
  std::optional<system::Lifecycle> lifecycle_;
};

}  // namespace sonde::app
