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

// The book of maintenance: the downtimes of the file, and those that the API made, which survive a
// restart. On the main thread; it is told the time.
class Maintenance {
 public:
  static constexpr std::size_t made_max = 100;                       // by the API, at once
  static constexpr Span made_longest = std::chrono::hours(30 * 24);  // of each

  // From now on these are the downtimes of the file.
  void assign(std::vector<Downtime> configured);
  // Those of the API that were there at the start.
  void restore(std::span<const StateRecord> notes);

  using Checks = std::span<const std::shared_ptr<const Check>>;
  // A downtime of the API, or every mistake in it: "to: it would end before it begins; ...".
  std::expected<MaintenanceWindow, std::string> add(const MaintenanceRequest& wish, Checks checks,
                                                    WallTime now);
  // Ends a downtime of the API early; or says why not.
  std::expected<void, std::string> end(std::string_view id, WallTime now);

  // Whether nobody is told of alerts of the check now: why, who says so, until when.
  std::optional<Cover> covers(const Check& check, WallTime now) const;
  // The same for people: "maintenance until 2026-12-01T14:00Z: upgrade (ann)"; empty: they are
  // told.
  std::string why(const Check& check, WallTime now) const;
  // Whether a run that began then counts nowhere.
  bool excludes(const Check& check, WallTime began) const;
  // When covers() may next change its mind.
  std::optional<WallTime> next_change(WallTime now) const;

  // Those that run or are still to come, in the order in which they begin.
  std::vector<MaintenanceWindow> list(WallTime now) const;
  std::vector<MaintenanceFacts> facts(Checks checks, WallTime now) const;

  // What changed of the API's downtimes since the last call, for the store.
  std::vector<StateRecord> take_notes(WallTime now);

 private:
  void forget_past(WallTime now);
  Downtime* find(std::string_view id);
  void note(const Downtime& downtime);

  std::vector<Downtime> downtimes_;  // of the file first
  std::vector<StateRecord> notes_;
};

}  // namespace sonde::maintenance
