#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/change.hpp"
#include "daemon/core/run_record.hpp"
#include "daemon/core/view.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/names.hpp"
#include "daemon/store/settings.hpp"

namespace sonde::store {

// The open file with the tables of this version. After each operation, callers check whether there
// is a fault.
class StoreFile {
 public:
  StoreFile(const std::filesystem::path& file, const RetentionSettings& keep);

  // Writes everything, or nothing; false: nothing, and there is a fault. Stores the transcripts of
  // Results that did not pass, if they have a trace, and of `passed`, up to a sixteenth of the
  // limit in all.
  bool write(const Changes& changes);
  // The state that components restore at start; from a damaged file what can be read before the
  // damage. Failures are those of first attempts outside maintenances, among the newest 50,000 runs
  // that did not pass.
  RestoredState remember(WallTime now);
  // Deletes a small part of what exceeds the limits; true: call it again.
  bool tidy(WallTime now);
  std::vector<EvidenceRow> evidence(const EvidenceQuery& query);
  // The run and its trace as one JSON object; empty: not stored, or deleted meanwhile.
  std::string transcript(std::int64_t id);
  // As in run_queries.hpp.
  std::vector<RunRow> runs(const RunQuery& query);
  std::optional<RunTranscript> run(std::string_view id);
  // Checks a table for damage, for at most half a second. Damage is a fault; false: it was the last
  // table.
  bool examine(std::size_t table);
  // Empties the log into the file.
  void checkpoint();

  std::optional<Fault> take_fault() { return database_.take_fault(); }

 private:
  std::int64_t next_row();
  void add(const KeptResult& kept, std::size_t& transcript_bytes_left);
  void add_evidence(const KeptResult& kept, std::int64_t row, std::size_t& transcript_bytes_left);
  void add(const PassedRun& passed, std::size_t& transcript_bytes_left);
  void add_transcript(std::int64_t row, const Result& result, std::size_t& bytes_left);
  void add(const BucketRow& row);
  void add(const StateRecord& note);
  std::vector<EvidenceRow> page(const EvidenceQuery& query);

  RetentionSettings keep_;
  Database database_;
  Names names_{database_};
  NamesById names_by_id_;
  std::int64_t newest_row_ = 0;  // 0: not read yet
};

// The same as Changes, for a new file that replaces a damaged one.
Changes as_changes(const RestoredState& remembered);

}  // namespace sonde::store
