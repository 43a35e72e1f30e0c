#include "daemon/store/run_queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <limits>
#include <ranges>
#include <string>
#include <utility>

#include "daemon/store/packed.hpp"

namespace sonde::store {
namespace {

constexpr std::size_t runs_max = 20'000, checks_together_max = 64;
constexpr std::int64_t no_row = std::numeric_limits<std::int64_t>::max();
// Runs are in the order in which they ended, but for the clock: it may have been set back.
constexpr auto clock_step_max = std::chrono::hours(1);

// Both select the columns that row_of() reads. All runs, and those that did not pass or have a
// transcript: the second are few, and are kept longer.
constexpr std::string_view of_results =
    "SELECT r.id, r.check_id, r.ended, r.took_us, r.attempt, r.outcome, r.step, r.reason, "
    "coalesce(e.detail, ''), coalesce(e.concluded, 0), r.excluded, r.run, r.phases, "
    "r.linked = 1 AND EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = r.id) "
    "FROM results r LEFT JOIN evidence e ON e.id = r.id AND r.linked = 1 ";
constexpr std::string_view of_evidence =
    "SELECT e.id, e.check_id, e.ended, e.took_us, e.attempt, e.outcome, e.step, e.reason, "
    "e.detail, e.concluded, e.excluded, e.run, r.phases, "
    "EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = e.id) "
    "FROM evidence e LEFT JOIN results r ON r.id = e.id AND r.linked = 1 ";

// ?1, ?2: the rows; ?3, ?4: the time; ?5 to ?7: names, empty: any; ?8: only with a transcript.
// A skipped tick is no run, and a passed run has no step. {0} is the table.
constexpr std::string_view conditions =
    "WHERE {0}.id < ?1 AND {0}.id >= ?2 AND {0}.ended >= ?3 AND {0}.ended < ?4 "
    "AND (?5 = '' OR {0}.outcome = (SELECT id FROM names WHERE name = ?5)) "
    "AND (?5 <> '' OR ?7 <> '' OR "
    "{0}.outcome IS NOT (SELECT id FROM names WHERE name = 'skipped')) "
    "AND (?6 = '' OR ({0}.step = (SELECT id FROM names WHERE name = ?6) AND "
    "{0}.outcome IS NOT (SELECT id FROM names WHERE name = 'pass'))) "
    "AND (?7 = '' OR (SELECT id FROM names WHERE name = ?7) IN ({0}.reason, coalesce(e.concluded, "
    "0))) AND (?8 = 0 OR EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = {0}.id)) ";
constexpr std::string_view of_check = "AND {0}.check_id = (SELECT id FROM names WHERE name = ?10) ";
constexpr std::string_view newest_first = "ORDER BY {0}.id DESC LIMIT ?9";

std::string statement(bool evidence, bool one_check) {
  const std::string all =
      std::string(conditions) + std::string(one_check ? of_check : "") + std::string(newest_first);
  return std::string(evidence ? of_evidence : of_results) +
         fmt::format(fmt::runtime(all), evidence ? "e" : "r");
}

// Nullopt for a row with a name that this version does not know.
std::optional<RunRow> row_of(const Query& row, const NamesById& names) {
  auto verdict = names.verdict(row.number(5), row.number(6), row.number(7), row.number(9));
  const std::string* check = names.find(row.number(1));
  if (!verdict || check == nullptr) return std::nullopt;
  verdict->detail = row.text(8);
  return RunRow{.row = row.number(0),
                .id = run_from(row.blob(11)),
                .check = *check,
                .ended = as_wall(row.number(2)),
                .took = std::chrono::microseconds(row.number(3)),
                .attempt = static_cast<int>(row.number(4)),
                .verdict = std::move(*verdict),
                .excluded = row.number(10) != 0,
                .recorded = row.number(13) != 0,
                .phases = phases_from(row.blob(12), names)};
}

// Whether what is asked for is in `evidence`: what did not pass, or has a transcript.
bool is_in_evidence(const RunQuery& query) {
  if (query.recorded) return true;
  if (query.outcome)
    return *query.outcome == Outcome::fail || *query.outcome == Outcome::inconclusive;
  if (query.reason) return row(*query.reason).outcome != Outcome::skipped;
  return query.step.has_value();
}

// The first row that did not end before a time, found by bisection. Rows are in the order of their
// times, unless the clock was set.
std::int64_t first_row(Database& database, std::string_view table, std::int64_t ended) {
  std::int64_t low = 0;
  std::int64_t high =
      database.number(fmt::format("SELECT coalesce(max(id), 0) FROM {}", table)) + 1;
  Query next = database.query(
      fmt::format("SELECT ended, id FROM {} WHERE id >= ?1 ORDER BY id LIMIT 1", table));
  while (low < high && database.good()) {
    const std::int64_t middle = low + (high - low) / 2;
    next.ask(middle);
    if (!next.next() || next.number(0) >= ended)
      high = middle;
    else
      low = next.number(1) + 1;
  }
  return low;
}

struct Range {
  std::int64_t first = 0, end = no_row;
};

Range rows_of(Database& database, const RunQuery& query, std::string_view table) {
  Range range;
  if (query.since)
    range.first = first_row(database, table, as_stored(*query.since - clock_step_max));
  if (query.until) range.end = first_row(database, table, as_stored(*query.until + clock_step_max));
  if (query.before > 0) range.end = std::min(range.end, query.before);
  return range;
}

}  // namespace

namespace {

std::vector<RunRow> select_of_one(Database& database, const NamesById& names,
                                  const RunQuery& query) {
  const bool evidence = is_in_evidence(query);
  const Range range = rows_of(database, query, evidence ? "evidence" : "results");
  const std::int64_t since = query.since ? as_stored(*query.since) : 0;
  const std::int64_t until = query.until ? as_stored(*query.until) : no_row;
  const std::string_view outcome = query.outcome ? name(*query.outcome) : "";
  const std::string_view step = query.step ? name(*query.step) : "";
  const std::string_view reason = query.reason ? name(*query.reason) : "";
  const std::size_t limit = std::min(query.limit, runs_max);
  const int recorded = query.recorded ? 1 : 0;
  std::vector<RunRow> rows;
  Query asked = database.query(statement(evidence, !query.check.empty()));
  if (query.check.empty())
    asked.ask(range.end, range.first, since, until, outcome, step, reason, recorded, limit);
  else
    asked.ask(range.end, range.first, since, until, outcome, step, reason, recorded, limit,
              query.check);
  while (asked.next())
    if (auto row = row_of(asked, names)) rows.push_back(*std::move(row));
  return rows;
}

}  // namespace

std::vector<RunRow> select_runs(Database& database, const NamesById& names, const RunQuery& query) {
  std::vector<RunRow> rows = select_of_one(database, names, query);
  if (query.check.empty() || query.also.empty()) return rows;
  RunQuery of_other = query;
  for (const std::string& check : query.also | std::views::take(checks_together_max)) {
    of_other.check = check;
    std::ranges::move(select_of_one(database, names, of_other), std::back_inserter(rows));
  }
  std::ranges::sort(rows, std::greater(), &RunRow::row);
  rows.resize(std::min({rows.size(), query.limit, runs_max}));
  return rows;
}

namespace {

// An expression index finds the runs of the same second.
constexpr std::string_view by_run =
    "WHERE {0}.run = ?1 AND substr({0}.run, 1, 4) = substr(?1, 1, 4)";

std::optional<RunRow> row_by_id(Database& database, const NamesById& names, const std::string& run,
                                bool evidence) {
  const std::string which = fmt::format(fmt::runtime(by_run), evidence ? "e" : "r");
  Query asked = database.query(std::string(evidence ? of_evidence : of_results) + which);
  if (!asked.ask(Blob{run}).next()) return std::nullopt;
  return row_of(asked, names);
}

std::string passed_before(Database& database, const RunRow& run) {
  Query asked = database.query(
      "SELECT run FROM evidence WHERE id < ?1 AND check_id = (SELECT id FROM names WHERE name = "
      "?2) "
      "AND passed > 0 AND run IS NOT NULL AND "
      "EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = id) ORDER BY id DESC LIMIT 1");
  return asked.ask(run.row, run.check).next() ? run_from(asked.blob(0)) : "";
}

}  // namespace

std::optional<RunTranscript> find_run(Database& database, const NamesById& names,
                                      std::string_view id) {
  const std::string run = pack_run(id);
  if (run.empty()) return std::nullopt;
  auto row = row_by_id(database, names, run, true);
  if (!row) row = row_by_id(database, names, run, false);
  if (!row) return std::nullopt;
  RunTranscript found{.run = *std::move(row), .json = {}, .passed = {}};
  if (found.run.recorded) {
    Query asked = database.query("SELECT json FROM transcripts WHERE evidence_id = ?1");
    if (asked.ask(found.run.row).next()) found.json = asked.text(0);
  }
  found.passed = passed_before(database, found.run);
  return found;
}

}  // namespace sonde::store
