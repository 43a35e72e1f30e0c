#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/alert.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

// An incident as the history of alerts tells of it: what a target had from the first of its alerts
// to the last. A value.
struct IncidentRecord {
  std::string id;      // Alert::incident; of an alert recorded without one, an id of its own
  std::string target;  // empty: the daemon itself
  Severity severity = Severity::info;  // of its worst alert
  WallTime starts;
  std::optional<WallTime> ended;    // empty: an alert of it fires
  std::vector<AlertRecord> alerts;  // in the order of their start; at least one
  // When something of it last changed: an alert began or ended.
  WallTime changed() const;
  // The alert that describes it: of those that fire, or else of all, the worst and earliest.
  const AlertRecord& lead() const;
};

// The incidents of these records, newest start first; an alert that always fires (of the severity
// "none") is in none. Pure.
std::vector<IncidentRecord> incidents_of(const std::vector<AlertRecord>& records);

}  // namespace sonde
