#include "daemon/core/state_json.hpp"

#include <fmt/format.h>

#include "daemon/core/alert_json.hpp"

namespace sonde::note {

using sonde::text::Json;
using sonde::text::json_quote;
using std::chrono::milliseconds;

std::string part(std::string_view name, const std::string& value) {
  return fmt::format("\"{}\":{},", name, value);
}

std::string text(std::string_view name, std::string_view value) {
  return value.empty() ? "" : part(name, json_quote(value));
}

std::string flag(std::string_view name, bool on) { return on ? part(name, "true") : ""; }

std::string time(std::string_view name, const std::optional<WallTime>& at) {
  if (!at || *at == WallTime{}) return "";
  const auto since = std::chrono::duration_cast<milliseconds>(at->time_since_epoch());
  return part(name, std::to_string(since.count()));
}

std::string labels(std::string_view name, const Labels& all) { return part(name, json_of(all)); }

std::string object(std::string parts) {
  if (!parts.empty()) parts.pop_back();  // the last comma
  return "{" + parts + "}";
}

std::string write(const Alert& alert) {
  return object(labels("labels", alert.labels) + labels("annotations", alert.annotations) +
                text("severity", name(alert.severity)) + text("target", alert.target) +
                time("starts", alert.starts) + time("ended", alert.ended) +
                flag("told", alert.notified) + text("group", alert.group) +
                text("incident", alert.incident) + text("source_url", alert.source_url));
}

std::string text_of(Json json, std::string_view name) {
  return std::string(json.member(name).string().value_or(""));
}

bool flag_of(Json json, std::string_view name) {
  return json.member(name).boolean().value_or(false);
}

std::uint32_t number_of(Json json, std::string_view name, std::uint32_t max) {
  const double number = json.member(name).number().value_or(0);
  return number >= 0 && number <= max ? static_cast<std::uint32_t>(number) : 0;
}

std::optional<WallTime> time_of(Json json, std::string_view name) {
  constexpr double max = 1e13;  // the year 2286
  const auto number = json.member(name).number();
  if (!number || *number <= 0 || *number > max) return std::nullopt;
  return WallTime(milliseconds(static_cast<std::int64_t>(*number)));
}

Labels labels_of(Json json, std::string_view name) {
  Labels all;
  for (const auto& [label, value] : json.member(name).members())
    if (const auto text = value.string()) all.emplace(label, *text);
  return all;
}

namespace {

Severity severity_of(const std::string& text) {
  for (const auto& [name, severity] : config::names<Severity>())
    if (name == text) return severity;
  return Severity::critical;
}

}  // namespace

std::optional<Alert> alert_of(Json json) {
  if (!json) return std::nullopt;
  Alert alert;
  alert.labels = labels_of(json, "labels");
  alert.annotations = labels_of(json, "annotations");
  alert.severity = severity_of(text_of(json, "severity"));
  alert.target = text_of(json, "target");
  alert.starts = time_of(json, "starts").value_or(WallTime{});
  alert.ended = time_of(json, "ended");
  alert.notified = flag_of(json, "told");
  alert.group = text_of(json, "group");
  alert.incident = text_of(json, "incident");
  alert.source_url = text_of(json, "source_url");
  return alert.labels.contains("alertname") ? std::optional(alert) : std::nullopt;
}

}  // namespace sonde::note
