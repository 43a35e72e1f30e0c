#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/incidents.hpp"
#include "daemon/core/instance.hpp"
#include "daemon/core/view.hpp"

namespace sonde::web {

// The answers of the API as JSON. Times are RFC 3339 in UTC; unknown values are absent.

// {"status":"success","data":...}, and {"status":"error","errorType":...,"error":...}, the format
// of Prometheus.
std::string success_json(std::string_view data);
// Adds a warning to an answer of success_json().
void add_warning(std::string& answer, std::string_view text);
std::string error_json(std::string_view type, std::string_view text);

// A page of a list: {NAME: LIST, "next": NEXT}; without `next`, the page is the last.
std::string list_json(std::string_view name, std::string_view list, std::string_view next);

std::string alert_list_json(const std::vector<AlertFacts>& alerts);
std::string rules_json(const std::vector<RuleFacts>& rules, const std::vector<AlertFacts>& alerts,
                       std::string_view next = {});
// Of the history.
std::string alert_record_json(const AlertRecord& record);
std::string incident_json(const IncidentRecord& incident);
std::string probe_json(const View& view, const Check& check, WallSeconds now);
// {"location", "shard", "shards", "replicas"}, of these what there is.
std::string instance_json(const Instance& instance);
std::string maintenance_json(const MaintenanceWindow& window);
std::string deploy_json(const DeployMarker& marker);

}  // namespace sonde::web
