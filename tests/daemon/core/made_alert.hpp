#pragma once
#include <chrono>
#include <string>
#include <utility>

#include "daemon/core/alert.hpp"

namespace sonde::test {

// The hand clock of these tests: so many seconds after 2026-10-01 12:00:00 UTC.
inline WallTime at(double seconds) {
  const WallTime noon{std::chrono::seconds(1'790'856'000)};
  return noon +
         std::chrono::duration_cast<WallTime::duration>(std::chrono::duration<double>(seconds));
}

// An alert that began to fire at at(0).
inline Alert made_alert(std::string name = "AuthSuccessRateLow", std::string target = "staging",
                        Severity severity = Severity::critical) {
  Alert alert;
  alert.labels = {{"alertname", std::move(name)},
                  {"target", target},
                  {"severity", std::string(sonde::name(severity))}};
  alert.annotations = {{"summary", "login auth success 72.0 %, wanted 90 %"}};
  alert.severity = severity;
  alert.target = std::move(target);
  alert.starts = at(0);
  alert.source_url = "http://127.0.0.1:9811/alerts/x";
  return alert;
}

inline Alert ended(Alert alert, double seconds) {
  alert.ended = at(seconds);
  return alert;
}

inline Alert held_back(Alert alert) {
  alert.notified = false;
  return alert;
}

}  // namespace sonde::test
