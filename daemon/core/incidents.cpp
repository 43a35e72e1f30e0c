#include "daemon/core/incidents.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "daemon/core/alert_json.hpp"
#include "probes/text/encode.hpp"

namespace sonde {
namespace {

// The label; that of an alert with a severity of its own (SondeWatchdog has "none") counts as info.
Severity severity_of(const AlertRecord& record) {
  const std::string& label = value_of(record.labels, "severity");
  Severity severity = Severity::info;
  for (const auto& [name, value] : config::names<Severity>())
    if (name == label) severity = value;
  return severity;
}

std::string id_of(const AlertRecord& record) {
  if (!record.incident.empty()) return record.incident;
  constexpr std::size_t digits = 16;
  const auto since =
      std::chrono::floor<std::chrono::milliseconds>(record.starts.time_since_epoch()).count();
  return text::sha256(json_of(record.labels) + std::to_string(since)).substr(0, digits);
}

void add(IncidentRecord& incident, const AlertRecord& record) {
  const bool first = incident.alerts.empty();
  incident.severity = std::max(incident.severity, severity_of(record));
  incident.starts = first ? record.starts : std::min(incident.starts, record.starts);
  if (first || !record.ended)
    incident.ended = record.ended;
  else if (incident.ended)
    incident.ended = std::max(*incident.ended, *record.ended);
  incident.alerts.push_back(record);
}

}  // namespace

WallTime IncidentRecord::changed() const {
  WallTime at = starts;
  for (const AlertRecord& record : alerts)
    at = std::max({at, record.starts, record.ended.value_or(record.starts)});
  return at;
}

const AlertRecord& IncidentRecord::lead() const {
  return *std::ranges::min_element(alerts, {}, [](const AlertRecord& record) {
    return std::tuple(record.ended.has_value(), -static_cast<int>(severity_of(record)),
                      record.starts);
  });
}

std::vector<IncidentRecord> incidents_of(const std::vector<AlertRecord>& records) {
  std::map<std::string, IncidentRecord> by_id;
  for (const AlertRecord& record : records) {
    if (is_watchdog(record.labels)) continue;
    std::string id = id_of(record);
    IncidentRecord& incident = by_id[id];
    incident.id = std::move(id);
    incident.target = value_of(record.labels, "target");
    add(incident, record);
  }
  std::vector<IncidentRecord> all;
  all.reserve(by_id.size());
  for (auto& [id, incident] : by_id) {
    std::ranges::sort(incident.alerts, {}, [](const AlertRecord& record) {
      return std::tuple(record.starts, record.labels);
    });
    all.push_back(std::move(incident));
  }
  std::ranges::sort(all, [](const IncidentRecord& a, const IncidentRecord& b) {
    return std::tie(b.starts, b.id) < std::tie(a.starts, a.id);
  });
  return all;
}

}  // namespace sonde
