#include "daemon/alert/alert_codec.hpp"

#include <fmt/format.h>

#include "probes/text/json.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;
using text::Json;
using text::json_quote;

// ---- Writing: `"name":value,` of what is there.

std::string part(std::string_view name, const std::string& value) {
  return fmt::format("\"{}\":{},", name, value);
}
std::string text_part(std::string_view name, std::string_view value) {
  return value.empty() ? "" : part(name, json_quote(value));
}
std::string flag(std::string_view name, bool on) { return on ? part(name, "true") : ""; }
std::string time(std::string_view name, const std::optional<WallTime>& at) {
  if (!at || *at == WallTime{}) return "";
  const auto since = std::chrono::duration_cast<milliseconds>(at->time_since_epoch());
  return part(name, std::to_string(since.count()));
}
std::string labels(std::string_view name, const Labels& all) {
  std::string inside;
  for (const auto& [label, value] : all)
    inside += (inside.empty() ? "" : ",") + json_quote(label) + ":" + json_quote(value);
  return part(name, "{" + inside + "}");
}
std::string object(std::string inside) {
  if (!inside.empty()) inside.pop_back();  // the last comma
  return "{" + inside + "}";
}

std::string write(const Rate& rate) {
  return object(part("of", std::to_string(static_cast<int>(rate.of))) +
                flag("upgrade", rate.step == Step::upgrade) + text_part("event", rate.event));
}

std::string write(const RuleState& state) {
  return object(part("state", std::to_string(static_cast<int>(state.state))) +
                time("active_at", state.active_at) + time("fired_at", state.fired_at) +
                time("cleared_at", state.cleared_at) + time("resolved_at", state.resolved_at) +
                flag("silent", state.silent) +
                (state.blamed ? part("blamed", write(*state.blamed)) : "") +
                part("changes", std::to_string(state.flapping.changes)) +
                flag("last", state.flapping.last) + flag("flaps", state.flapping.flaps));
}

std::string write(const AlertText& text) {
  return object(text_part("value", text.value) + text_part("summary", text.summary) +
                text_part("description", text.description) + text_part("probe", text.probe));
}

std::string write(const Alert& alert) {
  return object(labels("labels", alert.labels) + labels("annotations", alert.annotations) +
                text_part("severity", name(alert.severity)) + text_part("target", alert.target) +
                time("starts", alert.starts) + time("ended", alert.ended) +
                flag("told", alert.told) + text_part("group", alert.group) +
                text_part("source_url", alert.source_url));
}

// ---- Reading: what is not there, or is something else, is as if it had never been.

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
  constexpr double max = 1e13;  // in the year 2286
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

std::optional<Rate> rate_of(Json json) {
  if (!json) return std::nullopt;
  return Rate{.of = static_cast<RateOf>(number_of(json, "of", 2)),
              .step = flag_of(json, "upgrade") ? Step::upgrade : Step::login,
              .event = text_of(json, "event")};
}

RuleState state_of(Json json) {
  RuleState state;
  state.state = static_cast<AlertState>(number_of(json, "state", 2));
  state.active_at = time_of(json, "active_at").value_or(WallTime{});
  state.fired_at = time_of(json, "fired_at").value_or(WallTime{});
  state.cleared_at = time_of(json, "cleared_at");
  state.resolved_at = time_of(json, "resolved_at");
  state.silent = flag_of(json, "silent");
  state.blamed = rate_of(json.member("blamed"));
  state.flapping = {number_of(json, "changes", (1U << 20U) - 1), flag_of(json, "last"),
                    flag_of(json, "flaps")};
  return state;
}

AlertText told_of(Json json) {
  return {text_of(json, "value"), text_of(json, "summary"), text_of(json, "description"),
          text_of(json, "probe")};
}

Severity severity_of(const std::string& text) {
  for (const auto& [name, severity] : names_of(static_cast<const Severity*>(nullptr)))
    if (name == text) return severity;
  return Severity::critical;
}

std::optional<Alert> alert_of(Json json) {
  if (!json) return std::nullopt;
  Alert alert;
  alert.labels = labels_of(json, "labels");
  alert.annotations = labels_of(json, "annotations");
  alert.severity = severity_of(text_of(json, "severity"));
  alert.target = text_of(json, "target");
  alert.starts = time_of(json, "starts").value_or(WallTime{});
  alert.ended = time_of(json, "ended");
  alert.told = flag_of(json, "told");
  alert.group = text_of(json, "group");
  alert.source_url = text_of(json, "source_url");
  return alert.labels.contains("alertname") ? std::optional(alert) : std::nullopt;
}

}  // namespace

std::string write(const Kept& kept) {
  return object(text_part("checksum", kept.checksum) + part("state", write(kept.state)) +
                part("text", write(kept.text)) +
                (kept.alert ? part("alert", write(*kept.alert)) : ""));
}

std::optional<Kept> read_kept(std::string_view text) {
  const auto document = text::Document::parse(text);
  if (!document) return std::nullopt;
  const Json root = document->root();
  if (!root.member("state")) return std::nullopt;
  return Kept{text_of(root, "checksum"), state_of(root.member("state")),
              told_of(root.member("text")), alert_of(root.member("alert"))};
}

}  // namespace sonde
