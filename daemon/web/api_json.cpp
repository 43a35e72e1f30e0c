#include "daemon/web/api_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "daemon/core/format.hpp"
#include "daemon/web/json_object.hpp"
#include "probes/text/json.hpp"

namespace sonde::web {
namespace {

std::string_view name_of(AlertState state) {
  if (state == AlertState::firing) return "firing";
  return state == AlertState::pending ? "pending" : "inactive";
}

std::string labels_json(const std::map<std::string, std::string>& labels) {
  JsonObject object;
  for (const auto& [name, value] : labels) object.text(name, value);
  return object.done();
}

std::string alert_json(const AlertFacts& alert) {
  JsonObject object;
  object.raw("labels", labels_json(alert.labels));
  object.raw("annotations", labels_json(alert.annotations));
  object.text("state", name_of(alert.state));
  object.text("activeAt", as_rfc3339(alert.active_at));
  object.text("value", alert.value);
  if (!alert.held_by.empty()) object.text("heldBy", alert.held_by);
  return object.done();
}

bool is_of(const AlertFacts& alert, const RuleFacts& rule) {
  const auto name = alert.labels.find("alertname");
  return name != alert.labels.end() && name->second == rule.name;
}

std::string rule_json(const RuleFacts& rule, const std::vector<AlertFacts>& alerts) {
  std::vector<AlertFacts> own;
  AlertState worst = AlertState::inactive;
  for (const AlertFacts& alert : alerts) {
    if (!is_of(alert, rule)) continue;
    own.push_back(alert);
    worst = std::max(worst, alert.state);
  }
  JsonObject object;
  object.text("type", "alerting").text("name", rule.name).text("health", "ok");
  object.text("state", name_of(worst)).text("query", "").number("duration", 0);
  object.raw("labels", JsonObject().text("severity", rule.severity).done());
  object.raw("alerts", json_list(own, alert_json));
  object.number("evaluations", rule.evaluations).number("insufficient", rule.insufficient);
  return object.done();
}

}  // namespace

std::string success_json(std::string_view data) {
  return JsonObject().text("status", "success").raw("data", data).done();
}

void add_warning(std::string& answer, std::string_view text) {
  const std::string warning = R"(,"warnings":[)" + text::json_quote(text) + "]";
  if (const auto end = answer.rfind('}'); end != std::string::npos) answer.insert(end, warning);
}

std::string error_json(std::string_view type, std::string_view text) {
  return JsonObject().text("status", "error").text("errorType", type).text("error", text).done();
}

std::string alerts_json(const std::vector<AlertFacts>& alerts) {
  return JsonObject().raw("alerts", json_list(alerts, alert_json)).done();
}

// One group, as for one file in Prometheus; clients require fields that the daemon does not have,
// such as queries and durations.
std::string rules_json(const std::vector<RuleFacts>& rules, const std::vector<AlertFacts>& alerts) {
  const auto one = [&](const RuleFacts& rule) { return rule_json(rule, alerts); };
  const std::string group = JsonObject()
                                .text("name", "sonde")
                                .text("file", "")
                                .raw("rules", json_list(rules, one))
                                .done();
  return JsonObject().raw("groups", "[" + group + "]").done();
}

std::string maintenance_json(const MaintenanceWindow& window) {
  JsonObject where;
  if (!window.probe.empty()) where.raw("probe", json_texts(window.probe));
  if (!window.kind.empty()) where.raw("kind", json_texts(window.kind));
  if (!window.target.empty()) where.raw("target", json_texts(window.target));
  JsonObject object;
  object.text("id", window.id).text("from", as_rfc3339(window.from));
  object.text("to", as_rfc3339(window.to)).raw("active", window.active ? "true" : "false");
  object.raw("where", where.done()).text("reason", window.reason).text("author", window.author);
  object.text("rates", window.counted ? "include" : "exclude");
  object.text("source", window.configured ? "file" : "api");
  if (!window.schedule.empty()) object.text("schedule", window.schedule);
  return object.done();
}

std::string maintenance_json(const std::vector<MaintenanceWindow>& windows) {
  const auto one = [](const MaintenanceWindow& window) { return maintenance_json(window); };
  return JsonObject().raw("maintenance", json_list(windows, one)).done();
}

std::string deploy_json(const DeployMarker& marker) {
  JsonObject object;
  object.text("at", as_rfc3339(marker.at)).text("version", marker.version).text("by", marker.by);
  if (!marker.target.empty()) object.text("target", marker.target);
  return object.done();
}

std::string deploys_json(const std::vector<DeployMarker>& markers) {
  return JsonObject().raw("deploys", json_list(markers, deploy_json)).done();
}

}  // namespace sonde::web
