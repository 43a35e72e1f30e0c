#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"
#include "daemon/maintenance/downtime.hpp"

namespace sonde::maintenance {

// All downtimes: those of the file, and those made through the API, which survive a restart. Main
// thread only; times are arguments.
class Maintenance {
 public:
  static constexpr std::size_t made_max = 100;  // made through the API, at the same time
  static constexpr Span made_longest = std::chrono::hours(30 * 24);  // length of each

  // Replaces the downtimes of the file.
  void assign(std::vector<Downtime> configured);
  // Restores the downtimes made through the API.
  void restore(std::span<const StateRecord> notes);

  using Checks = std::span<const std::shared_ptr<const Check>>;
  // Adds a downtime through the API; the error lists every mistake: "to: it would end before it
  // begins; ...".
  std::expected<MaintenanceWindow, std::string> add(const MaintenanceRequest& request,
                                                    Checks checks, WallTime now);
  // Ends a downtime of the API early; the error says why it cannot.
  std::expected<void, std::string> end(std::string_view id, WallTime now);

  // The downtime that suppresses notifications about the check now, and until when.
  std::optional<Cover> covers(const Check& check, WallTime now) const;
  // The same for people: "maintenance until 2026-12-01T14:00Z: upgrade (ann)"; empty: none.
  std::string why(const Check& check, WallTime now) const;
  // Whether a run that began at that time counts nowhere.
  bool excludes(const Check& check, WallTime began) const;
  // When the result of covers() may change next.
  std::optional<WallTime> next_change(WallTime now) const;

  // Current and future windows, ordered by start.
  std::vector<MaintenanceWindow> list(WallTime now) const;
  std::vector<MaintenanceFacts> facts(Checks checks, WallTime now) const;

  // The records of API downtimes that changed since the last call.
  std::vector<StateRecord> take_notes(WallTime now);

 private:
  void forget_past(WallTime now);
  Downtime* find(std::string_view id);
  void note(const Downtime& downtime);

  std::vector<Downtime> downtimes_;  // those of the file first
  std::vector<StateRecord> notes_;
};

}  // namespace sonde::maintenance
