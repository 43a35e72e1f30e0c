#pragma once
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "daemon/alerting.hpp"
#include "daemon/app.hpp"
#include "daemon/expose/api.hpp"
#include "daemon/expose/landing.hpp"
#include "daemon/expose/metrics.hpp"
#include "daemon/expose/web.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/lifecycle.hpp"
#include "daemon/lockouts.hpp"
#include "daemon/maintenance/deploys.hpp"
#include "daemon/maintenance/maintenance.hpp"
#include "daemon/memory.hpp"
#include "daemon/notify/heartbeat.hpp"
#include "daemon/schedule/pool.hpp"
#include "probes/net/network.hpp"

namespace sonde {

// The parts of the daemon, in the order in which they are built; each knows those above it at most
// by what it is handed here.
struct App::Parts {
  Parts(const Flags& given, Settings loaded) : flags(given), settings(std::move(loaded)) {}

  Flags flags;
  Settings settings;
  boost::asio::io_context loop{1};
  Maintenance maintenance;
  Deploys deploys;
  Lockouts lockouts;
  std::unique_ptr<Judge> judge;
  std::unique_ptr<Memory> memory;
  std::unique_ptr<net::Network> network;  // of who tells, on the main thread
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Notifier> notifier;
  std::unique_ptr<Heartbeat> heartbeat;
  std::unique_ptr<Alerting> alerting;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<Landing> landing;
  std::vector<Sink*> sinks;
  std::unique_ptr<Web> web;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<Lifecycle> lifecycle;
  std::string unready = "starting";
  bool stopping = false;

  // Binds and starts everything, or says why not.
  std::expected<void, std::string> build();

  // Hands everybody what is configured now.
  void assign();
  // Loads and checks everything first; a bad file changes nothing. Empty, or what is wrong.
  std::string reload();
  // Ends everything in reverse order.
  void stop();

 private:
  std::expected<void, std::string> build_memory();
  void build_engine();
  void build_telling();
  void build_sinks();
  std::expected<void, std::string> build_web();
  void build_pool(const std::vector<auth::RefusalCount>& refused);
  void build_lifecycle();
  void accept(const ResultPtr& result);
  ApiHooks api();
  void judge_again();
  void evidence(const std::string& probe, const std::string& target, ApiHooks::Told told);
  void show_evidence(const std::shared_ptr<const Check>& check, std::vector<EvidenceRow> rows,
                     ApiHooks::Told told);
  void gather(Changes& changes);
  void restore(const Remembered& remembered);
  void assign_alerts();
  bool well() const;
  Facts facts() const;
  std::string status() const;
  std::string external_url() const;
  void keep_for_restart(Settings& loaded) const;
  void stop_telling(std::function<void(bool in_time)> done);
  void stopped(bool in_time);
};

}  // namespace sonde
