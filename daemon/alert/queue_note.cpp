#include "daemon/alert/queue_note.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/alert_json.hpp"
#include "probes/text/json.hpp"

namespace sonde {
namespace {

using text::Json;
using text::json_quote;

// Milliseconds since 1970; a JSON number holds them exactly.
std::string json_of(const std::optional<WallTime>& at) {
  if (!at) return "null";
  const auto since = at->time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::optional<WallTime> time_of(Json json) {
  const auto number = json.number();
  if (!number || *number < 0 || *number > 1e14) return std::nullopt;
  return WallTime(std::chrono::milliseconds(static_cast<std::int64_t>(*number)));
}

Labels labels_of(Json json) {
  Labels labels;
  for (const auto& [name, value] : json.members()) labels.emplace(name, value.text());
  return labels;
}

std::string json_of(const Alert& alert) {
  return fmt::format(
      R"({{"labels":{},"annotations":{},"severity":"{}","target":{},"starts":{},"ended":{},)"
      R"("told":{},"group":{},"source":{}}})",
      sonde::json_of(alert.labels), sonde::json_of(alert.annotations), name(alert.severity),
      json_quote(alert.target), json_of(alert.starts), json_of(alert.ended), alert.told,
      json_quote(alert.group), json_quote(alert.source_url));
}

std::optional<Severity> severity_of(const std::string& word) {
  for (const auto& [text, severity] : names_of(static_cast<const Severity*>(nullptr)))
    if (text == word) return severity;
  return std::nullopt;
}

std::optional<Alert> alert_of(Json json) {
  const auto severity = severity_of(json.member("severity").text());
  const auto starts = time_of(json.member("starts"));
  Labels labels = labels_of(json.member("labels"));
  if (!severity || !starts || labels.empty()) return std::nullopt;
  return Alert{.labels = std::move(labels),
               .annotations = labels_of(json.member("annotations")),
               .severity = *severity,
               .target = json.member("target").text(),
               .starts = *starts,
               .ended = time_of(json.member("ended")),
               .told = json.member("told").boolean().value_or(true),
               .group = json.member("group").text(),
               .source_url = json.member("source").text()};
}

}  // namespace

std::string note_of(const Pending& pending) {
  return fmt::format(R"({{"version":1,"alert":{},"at":{},"firing":{},"tried":{},"refused":{}}})",
                     json_of(pending.alert), json_of(pending.told), pending.told_firing,
                     pending.tried, json_of(pending.refused));
}

std::optional<Pending> pending_of(std::string_view note) {
  const auto document = text::Document::parse(note);
  if (!document || document->root().member("version").number() != 1.0) return std::nullopt;
  const Json root = document->root();
  auto alert = alert_of(root.member("alert"));
  if (!alert) return std::nullopt;
  return Pending{.alert = std::move(*alert),
                 .told = time_of(root.member("at")),
                 .told_firing = root.member("firing").boolean().value_or(false),
                 .tried = root.member("tried").boolean().value_or(true),
                 .refused = time_of(root.member("refused"))};
}

std::string note_of(const PlaceNote& place) {
  return fmt::format(R"({{"version":1,"host":{},"address":{},"quiet_until":{}}})",
                     json_quote(place.last.host), json_quote(place.last.address),
                     json_of(place.quiet_until));
}

std::optional<PlaceNote> place_of(std::string_view note) {
  const auto document = text::Document::parse(note);
  if (!document || document->root().member("version").number() != 1.0) return std::nullopt;
  const Json root = document->root();
  return PlaceNote{
      .last = {.host = root.member("host").text(), .address = root.member("address").text()},
      .quiet_until = time_of(root.member("quiet_until"))};
}

}  // namespace sonde
