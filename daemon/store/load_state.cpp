#include "daemon/store/load_state.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "daemon/store/encoding.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {
namespace {

// The longest window of an alert.
constexpr auto failures_age = std::chrono::days(30);

// Ordered by tier and slot, as stored; split by series.
std::vector<SeriesRows> series_in(Database& database,
                                  const std::map<std::int64_t, std::string>& names) {
  std::unordered_map<std::int64_t, std::vector<SeriesRows::Bucket>> buckets;
  Query rows = database.query("SELECT series_id, tier, slot, attempts, failures FROM buckets");
  rows.ask();
  while (rows.next())
    buckets[rows.number(0)].push_back({.tier = static_cast<std::uint8_t>(rows.number(1)),
                                       .slot = static_cast<std::uint32_t>(rows.number(2)),
                                       .attempts = static_cast<std::uint32_t>(rows.number(3)),
                                       .failures = static_cast<std::uint32_t>(rows.number(4))});
  std::vector<SeriesRows> all;
  all.reserve(buckets.size());
  for (auto& [id, of_series] : buckets)
    if (const auto name = names.find(id); name != names.end())
      all.push_back({name->second, std::move(of_series)});
  std::ranges::sort(all, {}, &SeriesRows::series);
  return all;
}

std::vector<StateRecord> notes_in(Database& database) {
  std::vector<StateRecord> notes;
  Query rows = database.query("SELECT room, key, text FROM notes ORDER BY room, key");
  rows.ask();
  while (rows.next())
    notes.push_back(
        {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  return notes;
}

std::vector<FailureRow> failures_in(Database& database, WallTime now,
                                    const std::map<std::int64_t, std::string>& names) {
  std::vector<FailureRow> failures;
  Query rows = database.query(
      "SELECT check_id, ended, outcome, step, reason, detail, concluded FROM evidence "
      "WHERE id > (SELECT coalesce(max(id), 0) - 50000 FROM evidence) AND ended > ?1 "
      "AND attempt = 1 AND excluded = 0 ORDER BY id");
  rows.ask(as_stored(now - failures_age));
  while (rows.next()) {
    auto verdict = verdict_of(names, rows.number(2), rows.number(3), rows.number(4));
    const auto check = names.find(rows.number(0));
    if (!verdict || verdict->outcome != Outcome::fail || check == names.end()) continue;
    verdict->detail = rows.text(5);
    verdict->concluded = concluded_of(names, rows.number(6));
    failures.push_back(
        {.check = check->second, .at = as_wall(rows.number(1)), .verdict = *std::move(verdict)});
  }
  return failures;
}

}  // namespace

RestoredState remember(Database& database, WallTime now) {
  const auto names = names_in(database);
  RestoredState all{
      .series = series_in(database, names), .notes = notes_in(database), .failures = {}};
  all.failures = failures_in(database, now, names);
  return all;
}

Changes as_changes(const RestoredState& remembered) {
  Changes changes{.results = {}, .buckets = {}, .notes = remembered.notes};
  for (const SeriesRows& rows : remembered.series)
    for (const auto& bucket : rows.buckets)
      changes.buckets.push_back(
          {rows.series, bucket.tier, bucket.slot, bucket.attempts, bucket.failures});
  return changes;
}

}  // namespace sonde::store
