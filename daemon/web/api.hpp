#pragma once
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/instance.hpp"
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

  std::function<std::string()> config;  // effective_yaml() of what is in use
  std::function<Instance()> instance;   // which of several daemons this is
  Elsewhere elsewhere;
  std::string version, revision;  // of this program
  std::string external_url;       // of the daemon's pages, for the links of feeds

  // Functions that change something; each returns what was made, or everything that is wrong with
  // the request.
  bool admin = false;  // --web.enable-admin-api: otherwise changes are forbidden
  std::function<std::expected<MaintenanceWindow, std::string>(const MaintenanceRequest&)> maintain;
  std::function<std::expected<void, std::string>(std::string_view id)> end_maintenance;
  // Has a change written before it is confirmed; `kept` is false if that failed.
  std::function<void(std::function<void(bool kept)> then)> write;
  std::function<std::expected<DeployMarker, std::string>(const DeployRequest&)> deploy;

  // What alerts fired, and who looks after those that fire.
  using Records = std::vector<AlertRecord>;
  std::function<Records(const AlertRecordQuery&)> alert_history;  // newest first
  std::function<std::expected<Records, std::string>(const AcknowledgeRequest&)> acknowledge;
  std::function<std::expected<Records, std::string>(const AcknowledgeRequest&)> withdraw;
};

// /api/v1/alerts, /api/v1/rules, /api/v1/status/config and /api/v1/status/buildinfo in the format
// of Prometheus, /api/v1/alerts/history, /api/v1/alerts/acknowledge, /api/v1/incidents[/ID],
// /api/v1/targets, /api/v1/probes, /api/v1/maintenance[/ID], /api/v1/deploys,
// /api/v1/badge/PROBE.svg, /api/v1/openapi.json, /feeds/TARGET.atom, /feeds/TARGET.json,
// /failures/PROBE/TARGET.
std::vector<Route> api_routes(ApiHooks hooks);

}  // namespace sonde::web
