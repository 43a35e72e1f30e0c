#include "daemon/page/monitor_log.hpp"

#include <algorithm>

namespace sonde::page {

void MonitorLog::add(const Result& result, Instant now) {
  const std::int64_t minute = minute_of(now);
  Minute& bucket = minutes_.at(static_cast<std::size_t>(minute) % minutes_.size());
  if (bucket.minute != minute) bucket = {.minute = minute, .counts = {}};
  Hour& counts = bucket.counts;
  if (result.verdict.outcome == Outcome::skipped) {
    counts.skipped += result.beats;
    return;
  }
  ++counts.runs;
  if (result.verdict.outcome == Outcome::inconclusive) ++counts.inconclusive;
  counts.lateness = std::max(counts.lateness, result.lateness);
}

MonitorLog::Hour MonitorLog::hour(Instant now) const {
  const std::int64_t newest = minute_of(now);
  Hour all;
  for (const auto& [minute, counts] : minutes_) {
    if (minute <= newest - static_cast<std::int64_t>(minutes_.size()) || minute < 0) continue;
    all.runs += counts.runs;
    all.inconclusive += counts.inconclusive;
    all.skipped += counts.skipped;
    all.lateness = std::max(all.lateness, counts.lateness);
  }
  return all;
}

}  // namespace sonde::page
