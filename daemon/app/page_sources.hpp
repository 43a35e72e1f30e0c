#pragma once
#include <optional>

#include "daemon/alert/engine.hpp"
#include "daemon/alert/history.hpp"
#include "daemon/app/persistence.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/maintenance/deploys.hpp"
#include "daemon/maintenance/maintenance.hpp"
#include "daemon/notify/deliver.hpp"
#include "daemon/page/gather.hpp"
#include "daemon/page/monitor_log.hpp"
#include "daemon/schedule/pool.hpp"

namespace sonde::app {

// How loading the file went, for the page.
struct LoadStatus {
  WallTime started, loaded;  // of the process; when the configuration in use was loaded
  std::string error;         // of the last reload; empty: it worked
  // Of the probes at the start: all, and those whose rates and alert states the store knew.
  std::size_t probes = 0, restored = 0;
};

// The components that know what the pages show. All have to outlive it.
struct PageSources {
  const Settings& settings;
  const Shard& shard;
  const LoadStatus& load;
  const maintenance::Maintenance& maintenance;
  const maintenance::Deploys& deploys;
  const Persistence& memory;
  const schedule::Pool& pool;
  const notify::Notifier& notifier;
  const page::MonitorLog& log;

  page::Sources at(WallTime now, std::vector<AlertFacts> alerts) const;
};

// What the alerts demand of the auth success of a check: the highest `below`; nullopt: nothing.
std::optional<page::AuthGoal> auth_goal(const std::vector<alert::RuleSettings>& rules,
                                        const Check& check);

}  // namespace sonde::app
