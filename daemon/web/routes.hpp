#pragma once
#include <functional>
#include <string>
#include <vector>

#include "daemon/metrics/metrics.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/discovery_route.hpp"
#include "daemon/web/probe_route.hpp"
#include "daemon/web/run_routes.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// What became of a reload.
struct ReloadOutcome {
  std::string mistakes;  // why nothing was changed; empty: the new configuration is in use
  std::vector<std::string> at_restart;  // what takes effect at a restart only, a sentence each
};

// What the standard routes need from the daemon; all called on the main thread.
struct RouteHooks {
  metrics::Metrics* metrics = nullptr;
  // Why it is not ready; empty: it is ready.
  std::function<std::string()> unready;
  // Reloads the configuration. No function: lifecycle endpoints are off, and POST /-/reload is
  // forbidden.
  std::function<ReloadOutcome()> reload;
  ApiHooks api = {};
  ProbeHooks probe = {};
  RunHooks runs = {};
  DiscoveryHooks discovery = {};
};

// /metrics, /probe, /sd, /-/healthy, /-/ready, /-/reload, and those of the API.
std::vector<Route> standard_routes(RouteHooks hooks);

}  // namespace sonde::web
