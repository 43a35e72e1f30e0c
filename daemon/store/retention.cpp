#include "daemon/store/retention.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "daemon/store/encoding.hpp"

namespace sonde::store {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr int rows_a_step = 500;
constexpr int transcripts_a_step = 10;  // each of them is several pages
constexpr int results_age_part = 4;     // of the age, for results that passed
constexpr std::int64_t page_size = 4096;
constexpr std::int64_t bytes_a_result = 40;

// The tiers of buckets, and how long windows use them.
struct Tier {
  seconds step, length;
};
constexpr std::array<Tier, 4> tiers{{{10s, 1h}, {2min, 6h}, {10min, 24h}, {1h, 30 * 24h}}};

std::int64_t deleted(Database& database) { return database.number("SELECT changes()"); }

bool drop_buckets(Database& database, WallTime now) {
  Query drop = database.query(
      "DELETE FROM buckets WHERE (tier, slot, series_id) IN "
      "(SELECT tier, slot, series_id FROM buckets WHERE tier = ?1 AND slot < ?2 LIMIT ?3)");
  const seconds today = duration_cast<seconds>(now.time_since_epoch());
  for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
    const auto oldest = (today - tiers[tier].length) / tiers[tier].step;
    drop.run(tier, oldest, rows_a_step);
    if (database.good() && deleted(database) > 0) return true;
  }
  return false;
}

// Deletes the oldest results that ended before the limit.
bool drop_results(Database& database, std::int64_t before) {
  database
      .query(
          "DELETE FROM results WHERE ended < ?1 AND id IN "
          "(SELECT id FROM results ORDER BY id LIMIT ?2)")
      .run(before, rows_a_step);
  return database.good() && deleted(database) > 0;
}

bool drop_evidence(Database& database, std::int64_t before) {
  Transaction when_all(database);
  database
      .query(
          "DELETE FROM transcripts WHERE evidence_id IN (SELECT id FROM evidence WHERE "
          "ended < ?1 AND id IN (SELECT id FROM evidence ORDER BY id LIMIT ?2))")
      .run(before, transcripts_a_step);
  database
      .query(
          "DELETE FROM evidence WHERE ended < ?1 AND id IN "
          "(SELECT id FROM evidence ORDER BY id LIMIT ?2)")
      .run(before, transcripts_a_step);
  const bool some = database.good() && deleted(database) > 0;
  return when_all.commit() && some;
}

std::int64_t pages(Database& database) { return database.number("PRAGMA page_count"); }
std::int64_t free_pages(Database& database) { return database.number("PRAGMA freelist_count"); }

// Results are deleted first if they take more than a quarter of the limit, so that passed runs
// never displace all evidence, and evidence never displaces all results.
bool drop_oldest(Database& database, std::int64_t size) {
  constexpr std::int64_t whenever = INT64_MAX;
  const std::int64_t results =
      database.number("SELECT coalesce(max(id) - min(id) + 1, 0) FROM results");
  if (results * bytes_a_result > size / 4) return drop_results(database, whenever);
  return drop_evidence(database, whenever) || drop_results(database, whenever);
}

// Shrinks below the limit by as much as a batch may add before the next step.
bool shrink(Database& database, std::size_t size_max) {
  const auto size = static_cast<std::int64_t>(size_max);
  const auto room = size - static_cast<std::int64_t>(wal_max(size_max));
  const std::int64_t all = pages(database), unused = free_pages(database);
  if ((all - unused) * page_size > room - size / 8 && drop_oldest(database, size)) return true;
  if (all * page_size <= room || unused == 0) return false;
  database.run("PRAGMA incremental_vacuum(64)");
  return database.good();
}

}  // namespace

std::size_t wal_max(std::size_t size) {
  return std::min<std::size_t>(size / 16, 4UL * 1024 * 1024);
}

bool tidy(Database& database, const RetentionSettings& keep, WallTime now) {
  const auto age = duration_cast<WallTime::duration>(keep.age);
  return drop_buckets(database, now) ||
         drop_results(database, as_stored(now - age / results_age_part)) ||
         drop_evidence(database, as_stored(now - age)) || shrink(database, keep.size);
}

}  // namespace sonde::store
