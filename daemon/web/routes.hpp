#pragma once
#include <functional>
#include <string>
#include <vector>

#include "daemon/metrics/metrics.hpp"
#include "daemon/web/api.hpp"
#include "daemon/web/status_page.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// What the standard routes need from the daemon; all called on the main thread.
struct RouteHooks {
  metrics::Metrics* metrics = nullptr;
  const StatusPage* status_page = nullptr;
  // Why it is not ready; empty: it is ready.
  std::function<std::string()> unready;
  // Reloads the configuration; returns an empty text, or what is wrong with it. No function:
  // lifecycle endpoints are off, and POST /-/reload is forbidden.
  std::function<std::string()> reload;
  ApiHooks api = {};
};

// /, /metrics, /-/healthy, /-/ready, /-/reload, and those of the API.
std::vector<Route> standard_routes(RouteHooks hooks);

}  // namespace sonde::web
