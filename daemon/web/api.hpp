#pragma once
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"
#include "daemon/web/web.hpp"

namespace sonde::web {

// What the API needs from the daemon; all called on the main thread. An empty function results in
// 404.
struct ApiHooks {
  const View* view = nullptr;
  std::function<std::vector<AlertFacts>()> alerts;  // pending and firing
  std::function<std::vector<RuleFacts>()> rules;
  std::function<std::vector<MaintenanceWindow>()> maintenance;
  std::function<std::vector<DeployMarker>()> deploys;
  // Explains why the last runs of a probe failed, for people; nullopt: there is no such probe. May
  // answer later.
  using Reply = std::function<void(std::optional<std::string>)>;
  std::function<void(const std::string& probe, const std::string& target, Reply)> evidence;

  // Functions that change something; each returns what was made, or everything that is wrong with
  // the request.
  bool admin = false;  // --web.enable-admin-api: otherwise changes are forbidden
  std::function<std::expected<MaintenanceWindow, std::string>(const MaintenanceRequest&)> maintain;
  std::function<std::expected<void, std::string>(std::string_view id)> end_maintenance;
  // Has a change written before it is confirmed; `kept` is false if that failed.
  std::function<void(std::function<void(bool kept)> then)> write;
  std::function<std::expected<DeployMarker, std::string>(const DeployRequest&)> deploy;
};

// /api/v1/alerts and /api/v1/rules in the format of Prometheus, /api/v1/probes,
// /api/v1/maintenance[/ID], /api/v1/deploys, /failures/PROBE/TARGET.
std::vector<Route> api_routes(ApiHooks hooks);

}  // namespace sonde::web
