#include "daemon/store/store_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <utility>

#include "daemon/store/packed.hpp"
#include "daemon/store/retention.hpp"
#include "daemon/store/run_queries.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/transcript.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

constexpr Span examination_max = 500ms;
constexpr Span question_max = 2s;
constexpr std::size_t detail_max = 2048;
constexpr std::size_t rows_max = 500;
constexpr auto failures_age = std::chrono::days(30);  // the longest window of an alert

// Small, important tables first.
constexpr std::array tables{"names", "notes", "buckets", "evidence", "results", "transcripts"};

std::int64_t ended(const Result& result) {
  return as_stored(result.started + std::chrono::duration_cast<WallTime::duration>(result.took));
}

std::int64_t took_us(const Result& result) {
  return std::chrono::duration_cast<std::chrono::microseconds>(result.took).count();
}

// Ordered by tier and slot, as stored; split by series.
std::vector<SeriesRows> series_in(Database& database, const NamesById& names) {
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
    if (const std::string* name = names.find(id)) all.push_back({*name, std::move(of_series)});
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

// The rows of `evidence`, in the one order of columns that evidence_row() reads. The last column
// says whether there is a transcript; looking for it reads another page for each row.
constexpr std::string_view evidence_columns =
    "SELECT id, check_id, ended, took_us, attempt, outcome, step, reason, detail, concluded, "
    "proof, run, ";
constexpr std::string_view has_transcript =
    "EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = id)";
constexpr std::string_view not_asked = "0";
constexpr std::string_view page_of_all = "WHERE id < ?1 AND passed = 0 ORDER BY id DESC LIMIT ?2";
constexpr std::string_view page_of_check =
    "WHERE id < ?1 AND passed = 0 AND check_id = (SELECT id FROM names WHERE name = ?3) "
    "ORDER BY id DESC LIMIT ?2";
constexpr std::string_view proof_of_check =
    "WHERE id < ?1 AND check_id = (SELECT id FROM names WHERE name = ?2) AND proof = 1"
    " AND EXISTS (SELECT 1 FROM transcripts WHERE evidence_id = id) ORDER BY id DESC LIMIT 1";
constexpr std::string_view failures_since =
    "WHERE id IN (SELECT id FROM evidence ORDER BY id DESC LIMIT 50000) AND ended > ?1 "
    "AND passed = 0 AND attempt = 1 AND excluded = 0 ORDER BY id";

std::string select(std::string_view transcript, std::string_view which) {
  return fmt::format("{}{} FROM evidence {}", evidence_columns, transcript, which);
}

// Nullopt for a row with a name that this version does not know.
std::optional<EvidenceRow> evidence_row(const Query& row, const NamesById& names) {
  auto verdict = names.verdict(row.number(5), row.number(6), row.number(7), row.number(9));
  const std::string* check = names.find(row.number(1));
  if (!verdict || check == nullptr) return std::nullopt;
  verdict->detail = row.text(8);
  return EvidenceRow{.id = row.number(0),
                     .check = *check,
                     .ended = as_wall(row.number(2)),
                     .took = std::chrono::microseconds(row.number(3)),
                     .attempt = static_cast<int>(row.number(4)),
                     .verdict = std::move(*verdict),
                     .transcript = row.number(12) != 0,
                     .proof = row.number(10) != 0,
                     .run = run_from(row.blob(11))};
}

void append(Query& query, const NamesById& names, std::vector<EvidenceRow>& rows) {
  while (query.next())
    if (auto row = evidence_row(query, names)) rows.push_back(*std::move(row));
}

}  // namespace

StoreFile::StoreFile(const std::filesystem::path& file, const RetentionSettings& keep)
    : keep_(keep), database_(file, wal_max(keep.size)) {
  migrate(database_);
}

bool StoreFile::write(const Changes& changes) {
  std::size_t transcript_bytes_left = keep_.size / 16;
  Transaction transaction(database_);
  for (const KeptResult& kept : changes.results) add(kept, transcript_bytes_left);
  for (const PassedRun& passed : changes.passed) add(passed, transcript_bytes_left);
  for (const BucketRow& row : changes.buckets) add(row);
  for (const StateRecord& note : changes.notes) add(note);
  if (transaction.commit()) return true;
  names_.forget();
  return false;
}

// Counts on in memory, so that no id is given twice although the newest rows may be deleted: it
// names the run to those who page. What `evidence` says of a run is under the same id.
std::int64_t StoreFile::next_row() {
  if (newest_row_ == 0)
    newest_row_ = database_.number(
        "SELECT max((SELECT coalesce(max(id), 0) FROM results), (SELECT coalesce(max(seq), 0) FROM "
        "sqlite_sequence WHERE name = 'evidence'))");
  return ++newest_row_;
}

void StoreFile::add(const KeptResult& kept, std::size_t& transcript_bytes_left) {
  const Result& result = *kept;
  const Verdict& verdict = result.verdict;
  const std::int64_t row = next_row();
  const std::string run = pack_run(result.id), phases = pack_phases(kept.phases, names_);
  database_
      .query(
          "INSERT INTO results (id, check_id, ended, took_us, attempt, outcome, step, reason, run, "
          "phases, excluded, linked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)")
      .run(row, names_.id(key_of(*result.check)), ended(result), took_us(result), result.attempt,
           names_.id(name(verdict.outcome)), names_.id(name(verdict.step)),
           names_.id(name(verdict.reason)), Blob{run}, Blob{phases}, kept.excluded ? 1 : 0);
  if (leaves_evidence(result)) add_evidence(kept, row, transcript_bytes_left);
}

void StoreFile::add_evidence(const KeptResult& kept, std::int64_t row,
                             std::size_t& transcript_bytes_left) {
  const Result& result = *kept;
  const Verdict& verdict = result.verdict;
  const std::string run = pack_run(result.id);
  database_
      .query(
          "INSERT INTO evidence "
          "(id, check_id, ended, took_us, attempt, outcome, step, reason, detail, concluded, "
          "proof, "
          "excluded, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")
      .run(row, names_.id(key_of(*result.check)), ended(result), took_us(result), result.attempt,
           names_.id(name(verdict.outcome)), names_.id(name(verdict.step)),
           names_.id(name(verdict.reason)), text::shorten(verdict.detail, detail_max),
           verdict.concluded == Reason::ok ? 0 : names_.id(name(verdict.concluded)),
           proves_cause(result) ? 1 : 0, kept.excluded ? 1 : 0, Blob{run});
  if (has_trace(result)) add_transcript(row, result, transcript_bytes_left);
}

void StoreFile::add_transcript(std::int64_t row, const Result& result, std::size_t& bytes_left) {
  const std::string transcript = transcript_of(result);
  if (transcript.size() > bytes_left) return;
  bytes_left -= transcript.size();
  database_
      .query("INSERT INTO transcripts (evidence_id, json) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
      .run(row, transcript);
  database_.query("UPDATE evidence SET bytes = ?2 WHERE id = ?1").run(row, transcript.size());
}

// The row of the run was written before, unless it was lost or the run has no id. A sample may turn
// out to be the last run before a failure.
void StoreFile::add(const PassedRun& passed, std::size_t& transcript_bytes_left) {
  const std::string run = pack_run(passed.result->id);
  const int why = passed.beside_failure ? passed_beside_failure : passed_sample;
  Query known = database_.query(
      "SELECT id FROM results WHERE run = ?1 AND substr(run, 1, 4) = substr(?1, 1, 4) "
      "AND linked = 1");
  if (run.empty() || !known.ask(Blob{run}).next()) return;
  const std::int64_t row = known.number(0);
  database_
      .query(
          "INSERT INTO evidence (id, check_id, ended, took_us, attempt, outcome, step, reason, "
          "detail, excluded, run, passed) SELECT id, check_id, ended, took_us, attempt, outcome, "
          "step, reason, '', excluded, run, ?2 FROM results WHERE id = ?1 "
          "ON CONFLICT (id) DO UPDATE SET passed = max(passed, ?2)")
      .run(row, why);
  add_transcript(row, *passed.result, transcript_bytes_left);
}

void StoreFile::add(const BucketRow& row) {
  database_
      .query(
          "INSERT INTO buckets (tier, slot, series_id, attempts, failures) "
          "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET attempts = ?4, failures = ?5")
      .run(row.tier, row.slot, names_.id(row.series), row.attempts, row.failures);
}

void StoreFile::add(const StateRecord& note) {
  if (note.text.empty())
    return database_.query("DELETE FROM notes WHERE room = ?1 AND key = ?2")
        .run(note.component, note.key);
  database_
      .query(
          "INSERT INTO notes (room, key, text) VALUES (?1, ?2, ?3) "
          "ON CONFLICT DO UPDATE SET text = ?3")
      .run(note.component, note.key, note.text);
}

RestoredState StoreFile::remember(WallTime now) {
  names_by_id_.update(database_);
  const NamesById& names = names_by_id_;
  RestoredState all{
      .series = series_in(database_, names), .notes = notes_in(database_), .failures = {}};
  Query failures = database_.query(select(not_asked, failures_since));
  failures.ask(as_stored(now - failures_age));
  append(failures, names, all.failures);
  std::erase_if(all.failures,
                [](const EvidenceRow& row) { return row.verdict.outcome != Outcome::fail; });
  return all;
}

// Not synced: rows that a power cut restores are deleted again.
bool StoreFile::tidy(WallTime now) {
  database_.sync(false);
  const bool more = store::tidy(database_, keep_, now);
  database_.sync(true);
  return more;
}

std::vector<EvidenceRow> StoreFile::evidence(const EvidenceQuery& query) {
  database_.limit(question_max);
  auto rows = page(query);
  database_.limit(Span::zero());
  return rows;
}

std::vector<EvidenceRow> StoreFile::page(const EvidenceQuery& query) {
  const std::int64_t before =
      query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
  const std::size_t limit = std::min(query.limit, rows_max);
  names_by_id_.update(database_);
  const NamesById& names = names_by_id_;
  std::vector<EvidenceRow> rows;
  Query asked =
      database_.query(select(has_transcript, query.check.empty() ? page_of_all : page_of_check));
  if (query.check.empty())
    asked.ask(before, limit);
  else
    asked.ask(before, limit, query.check);
  append(asked, names, rows);
  const bool known = std::ranges::find(rows, true, &EvidenceRow::proof) != rows.end();
  if (!query.with_proof || known) return rows;
  Query proof = database_.query(select(has_transcript, proof_of_check));
  proof.ask(rows.empty() ? before : rows.back().id, query.check);
  append(proof, names, rows);
  return rows;
}

std::string StoreFile::transcript(std::int64_t id) {
  database_.limit(question_max);
  Query asked = database_.query("SELECT json FROM transcripts WHERE evidence_id = ?1");
  std::string json = asked.ask(id).next() ? std::string(asked.text(0)) : std::string();
  database_.limit(Span::zero());
  return json;
}

std::vector<RunRow> StoreFile::runs(const RunQuery& query) {
  database_.limit(question_max);
  names_by_id_.update(database_);
  auto rows = select_runs(database_, names_by_id_, query);
  database_.limit(Span::zero());
  return rows;
}

std::optional<RunTranscript> StoreFile::run(std::string_view id) {
  database_.limit(question_max);
  names_by_id_.update(database_);
  auto found = find_run(database_, names_by_id_, id);
  database_.limit(Span::zero());
  return found;
}

bool StoreFile::examine(std::size_t table) {
  database_.limit(examination_max);
  Query look = database_.query(fmt::format("PRAGMA quick_check({})", tables.at(table)));
  std::string found = look.ask().next() ? std::string(look.text(0)) : "ok";
  database_.limit(Span::zero());
  if (found != "ok") database_.fail({Fault::Kind::corrupt, std::move(found)});
  return table + 1 < tables.size();
}

void StoreFile::checkpoint() { database_.number("PRAGMA wal_checkpoint(TRUNCATE)"); }

Changes as_changes(const RestoredState& remembered) {
  Changes changes{.results = {}, .buckets = {}, .notes = remembered.notes};
  for (const SeriesRows& rows : remembered.series)
    for (const auto& bucket : rows.buckets)
      changes.buckets.push_back(
          {rows.series, bucket.tier, bucket.slot, bucket.attempts, bucket.failures});
  return changes;
}

}  // namespace sonde::store
