#pragma once
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/change.hpp"
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

  bool write(const Changes& changes);
  RestoredState remember(WallTime now);
  bool tidy(WallTime now);
  std::vector<EvidenceRow> evidence(const EvidenceQuery& query);
  std::string transcript(std::int64_t id);
  // Checks a table for damage, for at most half a second. Damage is a fault; false: it was the last
  // table.
  bool examine(std::size_t table);
  // Empties the log into the file.
  void checkpoint();

  std::optional<Fault> take_fault() { return database_.take_fault(); }

 private:
  RetentionSettings keep_;
  Database database_;
  Names names_{database_};
};

}  // namespace sonde::store
