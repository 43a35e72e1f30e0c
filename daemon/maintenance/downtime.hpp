#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/selector.hpp"
#include "daemon/core/view.hpp"
#include "daemon/maintenance/maintenance_zone.hpp"

namespace sonde::maintenance {

// A period of time; `to` is not part of it.
struct Period {
  WallTime from, to;
  bool holds(WallTime at) const { return from <= at && at < to; }
};

// A weekly or daily repetition, by the local time of the zone; `length` is elapsed time. If
// daylight saving skips the start, it starts at the switch; if the start occurs twice, at the
// first.
struct Recurrence {
  std::vector<std::chrono::weekday> days;  // empty: every day
  std::chrono::minutes at{};               // since local midnight
  std::chrono::seconds length{};
  Zone zone;
};

// A time without notifications about some checks. Probing and recording go on.
struct Downtime {
  std::string id;
  std::string reason, author;  // the cause, and the person who entered it
  Selector where;
  bool counted = false;     // its runs still count in the rates
  bool configured = false;  // from the configuration file
  Period once;
  std::optional<Recurrence> again;  // instead of `once`
};

// The current period or, if there is none, the next one. Pure, like all functions here.
std::optional<Period> period_at(const Downtime& downtime, WallTime now);

// The downtime that covers the check now; of several, the one that ends last.
struct Cover {
  const Downtime* downtime;
  WallTime until;
};
std::optional<Cover> covering(std::span<const Downtime> downtimes, const Check& check,
                              WallTime now);

// When the next period of any downtime begins or ends.
std::optional<WallTime> next_change(std::span<const Downtime> downtimes, WallTime now);

// "sat, sun 02:00 for 2h, Europe/Berlin"; empty for a downtime without recurrence.
std::string schedule_of(const Downtime& downtime);

// Encodes a downtime without recurrence for the store, and decodes it; nullopt if the text is
// invalid. The id is stored separately.
std::string text_of(const Downtime& downtime);
std::optional<Downtime> downtime_of(std::string_view text);

}  // namespace sonde::maintenance
