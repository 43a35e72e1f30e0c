#include "daemon/store/store_file.hpp"

#include <fmt/format.h>

#include <array>

#include "daemon/store/evidence.hpp"
#include "daemon/store/load_state.hpp"
#include "daemon/store/retention.hpp"
#include "daemon/store/schema.hpp"
#include "daemon/store/write_batch.hpp"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

constexpr Span examination_max = 500ms;
constexpr Span question_max = 2s;

// Small, important tables first.
constexpr std::array tables{"names", "notes", "buckets", "evidence", "results", "transcripts"};

}  // namespace

StoreFile::StoreFile(const std::filesystem::path& file, const RetentionSettings& keep)
    : keep_(keep), database_(file, wal_max(keep.size)) {
  migrate(database_);
}

bool StoreFile::write(const Changes& changes) {
  return store::write(database_, names_, changes, keep_.size / 16);
}

RestoredState StoreFile::remember(WallTime now) { return store::remember(database_, now); }

// Not synced: rows that a power cut restores are deleted again.
bool StoreFile::tidy(WallTime now) {
  database_.sync(false);
  const bool more = store::tidy(database_, keep_, now);
  database_.sync(true);
  return more;
}

std::vector<EvidenceRow> StoreFile::evidence(const EvidenceQuery& query) {
  database_.limit(question_max);
  auto rows = store::evidence(database_, query);
  database_.limit(Span::zero());
  return rows;
}

std::string StoreFile::transcript(std::int64_t id) {
  database_.limit(question_max);
  auto json = store::transcript(database_, id);
  database_.limit(Span::zero());
  return json;
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

}  // namespace sonde::store
