#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/core/selector.hpp"
#include "daemon/core/view.hpp"
#include "daemon/maintenance/maintenance_zone.hpp"

namespace sonde::maintenance {

// From the first moment to the last, which is not part of it.
struct Period {
  WallTime from, to;
  bool holds(WallTime at) const { return from <= at && at < to; }
};

// On these days of the week, at that time of the zone, for so long as clocks run: where the clocks
// skip its begin, it begins when they do; where they show it twice, at the first.
struct Recurrence {
  std::vector<std::chrono::weekday> days;  // empty: every day
  std::chrono::minutes at{};               // since midnight
  std::chrono::seconds length{};
  Zone zone;
};

// A time in which nobody is told of alerts of some checks. Probing and recording go on.
struct Downtime {
  std::string id;
  std::string reason, author;  // why, and who says so
  Selector where;
  bool counted = false;     // its runs count in the rates all the same
  bool configured = false;  // by the file
  Period once;
  std::optional<Recurrence> again;  // in the place of `once`
};

// The period that runs now or, if there is none, the next one. Pure, as all here.
std::optional<Period> period_at(const Downtime& downtime, WallTime now);

// Of the downtimes that hold the check now the one that lasts longest.
struct Cover {
  const Downtime* downtime;
  WallTime until;
};
std::optional<Cover> covering(std::span<const Downtime> downtimes, const Check& check,
                              WallTime now);

// When the next period of any downtime begins or ends.
std::optional<WallTime> next_change(std::span<const Downtime> downtimes, WallTime now);

// "sat, sun 02:00 for 2h, Europe/Berlin"; empty for a downtime that comes once.
std::string schedule_of(const Downtime& downtime);

}  // namespace sonde::maintenance
