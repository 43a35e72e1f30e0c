#include "daemon/store/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/core/change.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr int rows_a_step = 500;
constexpr int transcripts_a_step = 10;  // each of them is several pages
constexpr int passed_age_part = 4;      // of the age, for results and samples
constexpr std::int64_t page_size = 4096;
constexpr std::int64_t bytes_a_result = 110;  // with its entries in the indices
// Samples are dropped before they take more than this part of the limit, or are more than this.
constexpr std::int64_t samples_size_part = 8, samples_max = 16'384;

std::int64_t deleted(Database& database) { return database.number("SELECT changes()"); }

bool drop_buckets(Database& database, WallTime now) {
  Query drop = database.query(
      "DELETE FROM buckets WHERE (tier, slot, series_id) IN "
      "(SELECT tier, slot, series_id FROM buckets WHERE tier = ?1 AND slot < ?2 LIMIT ?3)");
  const seconds today = duration_cast<seconds>(now.time_since_epoch());
  for (std::size_t tier = 0; tier < bucket_tiers.size(); ++tier) {
    const auto oldest = (today - bucket_tiers[tier].span) / bucket_tiers[tier].step;
    drop.run(tier, oldest, rows_a_step);
    if (database.good() && deleted(database) > 0) return true;
  }
  return false;
}

// Deletes the oldest results that ended before the limit, except the newest, whose id the next one
// follows.
bool drop_results(Database& database, std::int64_t before) {
  database
      .query(
          "DELETE FROM results WHERE ended < ?1 AND id < (SELECT max(id) FROM results) AND id IN "
          "(SELECT id FROM results ORDER BY id LIMIT ?2)")
      .run(before, rows_a_step);
  return database.good() && deleted(database) > 0;
}

// Deletes what `which` selects of the evidence that ended before the limit.
bool drop_evidence(Database& database, std::int64_t before, std::string_view which) {
  const std::string chosen = fmt::format(
      "(SELECT id FROM evidence WHERE ended < ?1 AND id IN (SELECT id FROM evidence {} LIMIT ?2))",
      which);
  Transaction when_all(database);
  database.query("DELETE FROM transcripts WHERE evidence_id IN " + chosen)
      .run(before, transcripts_a_step);
  database.query("DELETE FROM evidence WHERE id IN " + chosen).run(before, transcripts_a_step);
  const bool some = database.good() && deleted(database) > 0;
  return when_all.commit() && some;
}

constexpr std::string_view oldest = "ORDER BY id";
constexpr std::string_view oldest_samples = "WHERE passed = 1 ORDER BY id";
constexpr std::string_view oldest_passed = "WHERE passed > 0 ORDER BY passed, id";
constexpr std::int64_t whenever = INT64_MAX;

// Transcripts of passed runs that are too many; those beside failures last.
bool drop_surplus(Database& database, std::int64_t size) {
  Query asked =
      database.query("SELECT count(*), coalesce(sum(bytes), 0) FROM evidence WHERE passed > 0");
  if (!asked.ask().next()) return false;
  const bool many = asked.number(0) > samples_max || asked.number(1) > size / samples_size_part;
  return many && drop_evidence(database, whenever, oldest_passed);
}

std::int64_t pages(Database& database) { return database.number("PRAGMA page_count"); }
std::int64_t free_pages(Database& database) { return database.number("PRAGMA freelist_count"); }

// Samples go first. Results are deleted next if they take more than a quarter of the limit, so that
// passed runs never displace all evidence, and evidence never displaces all results.
bool drop_oldest(Database& database, std::int64_t size) {
  if (drop_evidence(database, whenever, oldest_samples)) return true;
  const std::int64_t results =
      database.number("SELECT coalesce(max(id) - min(id) + 1, 0) FROM results");
  if (results * bytes_a_result > size / 4) return drop_results(database, whenever);
  return drop_evidence(database, whenever, oldest) || drop_results(database, whenever);
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
  const std::int64_t of_passed = as_stored(now - age / passed_age_part);
  return drop_buckets(database, now) || drop_results(database, of_passed) ||
         drop_evidence(database, of_passed, oldest_samples) ||
         drop_evidence(database, as_stored(now - age), oldest) ||
         drop_surplus(database, static_cast<std::int64_t>(keep.size)) ||
         shrink(database, keep.size);
}

}  // namespace sonde::store
