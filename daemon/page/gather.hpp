#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/page/facts.hpp"

namespace sonde::page {

// What the overview is made of, beside the View; the app fills it in.
struct Sources {
  WallTime now;
  std::string location, version;
  Shard shard;
  std::vector<AlertFacts> alerts;  // pending ones are left out
  std::vector<MaintenanceWindow> maintenance;
  std::vector<DeployMarker> deploys;  // newest first
  MonitorFacts monitor;
  // "maintenance until 2026-01-02T13:00Z: upgrade", if a check is in an active one; empty: it is
  // not.
  std::function<std::string(const Check&)> maintained;
  // What an alert demands of the auth success of a check; nullopt: nothing.
  std::function<std::optional<AuthGoal>(const Check&)> auth_goal;
};

// The facts of all targets, in the order of the page: the most urgent first, then by name. Pure.
OverviewFacts gather(const View& view, Sources sources);

// A check with its state.
CheckFacts facts_of(const View& view, const std::shared_ptr<const Check>& check, WallTime now);

// Those of `facts` whose name, or the name of one of whose probes, contains `text`, whatever the
// case; empty: all.
void filter(OverviewFacts& facts, std::string_view text);

}  // namespace sonde::page
