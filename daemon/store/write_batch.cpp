#include "daemon/store/write_batch.hpp"

#include <chrono>
#include <string>

#include "daemon/store/encoding.hpp"
#include "daemon/store/transcript.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::store {
namespace {

constexpr std::size_t detail_max = 2048;

std::int64_t ended(const Result& result) {
  return as_stored(result.started + std::chrono::duration_cast<WallTime::duration>(result.took));
}

std::int64_t took_us(const Result& result) {
  return std::chrono::duration_cast<std::chrono::microseconds>(result.took).count();
}

// Writes one batch into the tables.
class Writer {
 public:
  Writer(Database& database, Names& names, std::size_t transcript_bytes_max)
      : database_(database), names_(names), transcript_bytes_left_(transcript_bytes_max) {}

  void add(const KeptResult& kept);
  void add(const BucketRow& row);
  void add(const StateRecord& note);

 private:
  void add_evidence(const KeptResult& kept, std::int64_t check);

  Database& database_;
  Names& names_;
  std::size_t transcript_bytes_left_;
};

void Writer::add(const KeptResult& kept) {
  const Result& result = *kept;
  const Verdict& verdict = result.verdict;
  const std::int64_t check = names_.id(key_of(*result.check));
  database_
      .query(
          "INSERT INTO results (check_id, ended, took_us, attempt, outcome, step, reason) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .run(check, ended(result), took_us(result), result.attempt, names_.id(name(verdict.outcome)),
           names_.id(name(verdict.step)), names_.id(name(verdict.reason)));
  if (leaves_evidence(result)) add_evidence(kept, check);
}

void Writer::add_evidence(const KeptResult& kept, std::int64_t check) {
  const Result& result = *kept;
  const Verdict& verdict = result.verdict;
  database_
      .query(
          "INSERT INTO evidence "
          "(check_id, ended, took_us, attempt, outcome, step, reason, detail, concluded, proof, "
          "excluded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
      .run(check, ended(result), took_us(result), result.attempt, names_.id(name(verdict.outcome)),
           names_.id(name(verdict.step)), names_.id(name(verdict.reason)),
           text::shorten(verdict.detail, detail_max),
           verdict.concluded == Reason::ok ? 0 : names_.id(name(verdict.concluded)),
           proves_cause(result) ? 1 : 0, kept.excluded ? 1 : 0);
  if (!has_trace(result)) return;
  const std::int64_t evidence = database_.last_id();
  const std::string transcript = transcript_of(result);
  if (transcript.size() > transcript_bytes_left_) return;
  transcript_bytes_left_ -= transcript.size();
  database_.query("INSERT INTO transcripts (evidence_id, json) VALUES (?1, ?2)")
      .run(evidence, transcript);
}

void Writer::add(const BucketRow& row) {
  database_
      .query(
          "INSERT INTO buckets (tier, slot, series_id, attempts, failures) "
          "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET attempts = ?4, failures = ?5")
      .run(row.tier, row.slot, names_.id(row.series), row.attempts, row.failures);
}

void Writer::add(const StateRecord& note) {
  if (note.text.empty())
    return database_.query("DELETE FROM notes WHERE room = ?1 AND key = ?2")
        .run(note.room, note.key);
  database_
      .query(
          "INSERT INTO notes (room, key, text) VALUES (?1, ?2, ?3) "
          "ON CONFLICT DO UPDATE SET text = ?3")
      .run(note.room, note.key, note.text);
}

}  // namespace

bool write(Database& database, Names& names, const Changes& changes,
           std::size_t transcript_bytes_max) {
  Transaction transaction(database);
  Writer writer(database, names, transcript_bytes_max);
  for (const KeptResult& kept : changes.results) writer.add(kept);
  for (const BucketRow& row : changes.buckets) writer.add(row);
  for (const StateRecord& note : changes.notes) writer.add(note);
  if (transaction.commit()) return true;
  names.forget();
  return false;
}

}  // namespace sonde::store
