#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/app/alerting.hpp"
#include "daemon/app/conclusions.hpp"
#include "daemon/app/flags.hpp"
#include "daemon/app/persistence.hpp"
#include "daemon/app/run_log.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/maintenance/deploys.hpp"
#include "daemon/maintenance/maintenance.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/notify/heartbeat.hpp"
#include "daemon/schedule/pool.hpp"
#include "daemon/system/lifecycle.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/status_page.hpp"
#include "daemon/web/web.hpp"

namespace sonde::app {

// State that changes while the daemon runs and that several components use.
struct AppState {
  const Flags& flags;
  Settings settings;
  std::string unready = "starting";
  bool stopping = false;
};

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
  web::Web& web;
  judge::Judge& judge;
  schedule::Pool& pool;
  alert::Engine& engine;
  notify::Notifier& notifier;
  Alerting& alerting;
  notify::Heartbeat& heartbeat;
  metrics::Metrics& metrics;
  web::StatusPage& status_page;
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
  void restore(const RestoredState& remembered);
  void serve();
  std::string reload();
  void keep_for_restart(Settings& loaded) const;
  std::string status() const;

  web::ApiHooks api();
  void judge_again();
  void evidence(const std::string& probe, const std::string& target, web::ApiHooks::Reply reply);
  void show_evidence(const std::shared_ptr<const Check>& check, std::vector<EvidenceRow> rows,
                     web::ApiHooks::Reply reply);

  void stop();
  void stop_telling(std::function<void(bool in_time)> done);
  void stopped(bool in_time);

  std::optional<system::Lifecycle> lifecycle_;
};

}  // namespace sonde::app
