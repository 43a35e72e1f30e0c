#include "daemon/store/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace sonde::store {
namespace {

constexpr std::int64_t application = 0x536f6e64;  // "Sond"

// Times are milliseconds since 1970. Outcomes, steps and reasons are stored by name, because the
// numbers of an enum may change.
constexpr std::string_view version_1 = R"sql(
  -- Every text that comes again and again, once.
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

  -- Every result, in the order in which they came.
  CREATE TABLE results (
    id INTEGER PRIMARY KEY, check_id INTEGER NOT NULL, ended INTEGER NOT NULL,
    took_us INTEGER NOT NULL, attempt INTEGER NOT NULL, outcome INTEGER NOT NULL,
    step INTEGER NOT NULL, reason INTEGER NOT NULL);

  -- What did not pass, kept longer. An id is never given twice: pages link to it.
  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY AUTOINCREMENT, check_id INTEGER NOT NULL, ended INTEGER NOT NULL,
    took_us INTEGER NOT NULL, attempt INTEGER NOT NULL, outcome INTEGER NOT NULL,
    step INTEGER NOT NULL, reason INTEGER NOT NULL, detail TEXT NOT NULL);
  CREATE INDEX evidence_of_check ON evidence (check_id, id);
  -- Apart, so that a list of evidence does not read through them.
  CREATE TABLE transcripts (evidence_id INTEGER PRIMARY KEY, json TEXT NOT NULL);

  -- By time first: what one batch changes lies on a few neighbouring pages.
  CREATE TABLE buckets (
    tier INTEGER NOT NULL, slot INTEGER NOT NULL, series_id INTEGER NOT NULL,
    attempts INTEGER NOT NULL, failures INTEGER NOT NULL,
    PRIMARY KEY (tier, slot, series_id)) WITHOUT ROWID;

  CREATE TABLE notes (room TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (room, key));
)sql";

constexpr std::string_view version_2 = R"sql(
  -- The name of the cause that experiments found, where it is another than the reason; 0: none.
  ALTER TABLE evidence ADD COLUMN concluded INTEGER NOT NULL DEFAULT 0;
  -- 1: its transcript holds the experiments themselves.
  ALTER TABLE evidence ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::string_view version_3 = R"sql(
  -- 1: it began within a maintenance, and counts nowhere.
  ALTER TABLE evidence ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::string_view version_4 = R"sql(
  -- The id of a run, 16 bytes; its phases, see packed.hpp; 1: it began within a maintenance.
  ALTER TABLE results ADD COLUMN run BLOB;
  ALTER TABLE results ADD COLUMN phases BLOB;
  ALTER TABLE results ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
  -- 1: what `evidence` and `transcripts` hold under the same id is of this run. Before version 4 they
  -- counted apart.
  ALTER TABLE results ADD COLUMN linked INTEGER NOT NULL DEFAULT 0;
  -- An index ends with the id of the row, so it is also the order of the runs of a check.
  CREATE INDEX results_of_check ON results (check_id);
  -- A run by its id, which begins with the second in which the run began: new entries come at the
  -- end of the index.
  CREATE INDEX results_by_second ON results (substr(run, 1, 4)) WHERE run IS NOT NULL;

  ALTER TABLE evidence ADD COLUMN run BLOB;
  CREATE INDEX evidence_by_second ON evidence (substr(run, 1, 4)) WHERE run IS NOT NULL;
  -- Runs that passed and have a transcript. 1: a sample; 2: the last before failures, or the first
  -- after them.
  ALTER TABLE evidence ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE evidence ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX evidence_passed ON evidence (passed, id, bytes) WHERE passed > 0;
)sql";

constexpr std::array shipped{version_1, version_2, version_3, version_4};

void take(Database& database, std::string_view step, std::size_t version) {
  Transaction transaction(database);
  database.run(std::string(step));
  database.run(
      fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", version, application));
  transaction.commit();
}

// An empty file has no owner yet.
bool ours(Database& database) {
  const std::int64_t owner = database.number("PRAGMA application_id");
  const bool empty = database.number("SELECT count(*) FROM sqlite_schema") == 0;
  return owner == application || (owner == 0 && empty);
}

}  // namespace

std::span<const std::string_view> schema_steps() { return shipped; }

void migrate(Database& database, std::span<const std::string_view> steps) {
  const bool known = ours(database);
  if (!database.good()) return;
  if (!known)
    return database.fail({Fault::Kind::foreign, "sonde.db is another program's database"});
  const auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
  if (version > steps.size())
    return database.fail({Fault::Kind::foreign,
                          fmt::format("sonde.db is of version {}, and this sonde knows {} at most; "
                                      "start the newer sonde, or take another storage.path",
                                      version, steps.size())});
  database.adopt();
  for (std::size_t next = version; next < steps.size(); ++next)
    take(database, steps[next], next + 1);
}

}  // namespace sonde::store
