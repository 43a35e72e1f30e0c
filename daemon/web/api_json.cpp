#include "daemon/web/api_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "daemon/core/alert_json.hpp"
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

// As Prometheus writes it: "7.2e-01", "1e+00", "NaN".
std::string show_number(double number) {
  if (std::isnan(number)) return "NaN";
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific);
  return {text.data(), end.ptr};
}

std::string alert_json(const AlertFacts& alert) {
  JsonObject object;
  object.raw("labels", labels_json(alert.labels));
  object.raw("annotations", labels_json(alert.annotations));
  object.text("state", name_of(alert.state));
  object.text("activeAt", as_rfc3339(alert.active_at));
  object.text("value", show_number(alert.number));
  if (!alert.value.empty()) object.text("valueText", alert.value);
  if (!alert.held_by.empty()) object.text("heldBy", alert.held_by);
  if (!alert.acknowledged.empty()) object.text("acknowledged", alert.acknowledged);
  if (!alert.incident.empty()) object.text("incident", alert.incident);
  return object.done();
}

bool is_of(const AlertFacts& alert, const RuleFacts& rule) {
  return value_of(alert.labels, "alertname") == rule.name;
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
  object.text("state", name_of(worst)).text("query", rule.query);
  object.raw("duration", as_seconds(rule.hold));
  object.raw("keepFiringFor", as_seconds(rule.keep_firing_for));
  auto labels = rule.labels;
  labels.insert_or_assign("severity", rule.severity);
  object.raw("labels", labels_json(labels)).raw("annotations", labels_json(rule.annotations));
  object.raw("alerts", json_list(own, alert_json));
  object.raw("evaluationTime", as_seconds(rule.took));
  object.text("lastEvaluation", as_rfc3339(rule.evaluated));
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

std::string list_json(std::string_view name, std::string_view list, std::string_view next) {
  JsonObject object;
  object.raw(name, list);
  if (!next.empty()) object.text("next", next);
  return object.done();
}

std::string alert_list_json(const std::vector<AlertFacts>& alerts) {
  return json_list(alerts, alert_json);
}

std::string instance_json(const Instance& instance) {
  JsonObject object;
  if (!instance.location.empty()) object.text("location", instance.location);
  if (const Shard& shard = instance.shard; !shard.is_whole()) {
    object.number("shard", shard.index).number("shards", shard.count);
    object.number("replicas", shard.replicas);
  }
  return object.done();
}

// One group, as for one file in Prometheus; alerts are evaluated every 15 s.
std::string rules_json(const std::vector<RuleFacts>& rules, const std::vector<AlertFacts>& alerts,
                       std::string_view next) {
  const auto one = [&](const RuleFacts& rule) { return rule_json(rule, alerts); };
  JsonObject group;
  group.text("name", "sonde").text("file", "").raw("rules", json_list(rules, one));
  Span took{};
  WallTime evaluated;
  for (const RuleFacts& rule : rules) {
    took += rule.took;
    evaluated = std::max(evaluated, rule.evaluated);
  }
  group.number("interval", 15).number("limit", 0).raw("evaluationTime", as_seconds(took));
  group.text("lastEvaluation", as_rfc3339(evaluated));
  return list_json("groups", "[" + group.done() + "]", next);
}

namespace {

std::string notification_json(const AlertRecord::Notification& sent) {
  JsonObject object;
  object.text("receiver", sent.receiver).text("status", sent.firing ? "firing" : "resolved");
  object.text("first", as_rfc3339(sent.first)).text("last", as_rfc3339(sent.last));
  return object.number("count", sent.count).done();
}

std::string undelivered_json(const AlertRecord::Undelivered& one) {
  JsonObject object;
  object.text("receiver", one.receiver).text("status", one.firing ? "firing" : "resolved");
  return object.text("at", as_rfc3339(one.at)).done();
}

}  // namespace

std::string alert_record_json(const AlertRecord& record) {
  JsonObject object;
  object.raw("labels", labels_json(record.labels)).text("summary", record.summary);
  object.text("startsAt", as_rfc3339(record.starts));
  if (record.ended) object.text("endsAt", as_rfc3339(*record.ended));
  if (!record.incident.empty()) object.text("incident", record.incident);
  object.raw("notifications", json_list(record.notifications, notification_json));
  object.raw("undelivered", json_list(record.undelivered, undelivered_json));
  if (!record.acknowledged) return object.done();
  const Acknowledgement& by = *record.acknowledged;
  JsonObject acknowledged;
  acknowledged.text("by", by.by).text("comment", by.comment).text("at", as_rfc3339(by.at));
  return object.raw("acknowledged", acknowledged.done()).done();
}

std::string incident_json(const IncidentRecord& incident) {
  JsonObject object;
  object.text("id", incident.id).text("target", incident.target);
  object.text("state", incident.ended ? "ended" : "open");
  object.text("severity", name(incident.severity)).text("summary", incident.lead().summary);
  object.text("startsAt", as_rfc3339(incident.starts));
  if (incident.ended) object.text("endsAt", as_rfc3339(*incident.ended));
  return object.raw("alerts", json_list(incident.alerts, alert_record_json)).done();
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

std::string deploy_json(const DeployMarker& marker) {
  JsonObject object;
  object.text("at", as_rfc3339(marker.at)).text("version", marker.version).text("by", marker.by);
  if (!marker.target.empty()) object.text("target", marker.target);
  return object.done();
}

}  // namespace sonde::web
