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

// The open file with the tables of this version. Whoever asks something of it looks afterwards
// whether it holds a fault.
class StoreFile {
 public:
  StoreFile(const std::filesystem::path& file, const RetentionSettings& keep);

  bool write(const Changes& changes);
  RestoredState remember(WallTime now);
  bool tidy(WallTime now);
  std::vector<EvidenceRow> evidence(const EvidenceQuery& query);
  std::string transcript(std::int64_t id);
  // Looks over a table, for half a second at most. Damage is a fault; false: it was the last one.
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
