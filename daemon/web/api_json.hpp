#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::web {

// The answers of the API as JSON. Times are RFC 3339 in UTC; unknown values are absent.

// {"status":"success","data":...}, and {"status":"error","errorType":...,"error":...}, the format
// of Prometheus.
std::string success_json(std::string_view data);
// Adds a warning to an answer of success_json().
void add_warning(std::string& answer, std::string_view text);
std::string error_json(std::string_view type, std::string_view text);

std::string alerts_json(const std::vector<AlertFacts>& alerts);
std::string rules_json(const std::vector<RuleFacts>& rules, const std::vector<AlertFacts>& alerts);
std::string probes_json(const View& view, WallSeconds now);
std::string maintenance_json(const MaintenanceWindow& window);
std::string maintenance_json(const std::vector<MaintenanceWindow>& windows);
std::string deploy_json(const DeployMarker& marker);
std::string deploys_json(const std::vector<DeployMarker>& markers);

}  // namespace sonde::web
