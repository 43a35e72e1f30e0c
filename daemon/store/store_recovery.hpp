#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/directory.hpp"
#include "daemon/store/store_file.hpp"

namespace sonde::store {

// Keeps the StoreFile usable, on the store's thread: opens it, closes a file that fails and opens
// it again for the next operation, and replaces a damaged or removed one by a new file, with the
// windows and records that could still be read.
class StoreRecovery {
 public:
  explicit StoreRecovery(StorageSettings settings);

  struct Opening {
    RestoredState remembered;
    std::string taken;  // another process uses the directory; says which
  };
  Opening open();

  // Writes `changes` and removes what was stored, in small transactions if the disk is full; false:
  // something is left.
  bool write(Changes& changes);
  bool tidy();  // one small step; true: call it again
  // One step of checking a file that was not closed cleanly; true: call it again.
  bool examine();
  std::expected<std::vector<EvidenceRow>, std::string> evidence(const EvidenceQuery& query);
  std::expected<std::string, std::string> transcript(std::int64_t id);
  std::expected<std::vector<RunRow>, std::string> runs(const RunQuery& query);
  std::expected<std::optional<RunTranscript>, std::string> run(std::string_view id);
  void close();

  const StoreFacts& facts() const { return facts_; }

 private:
  using Work = std::function<void(StoreFile&)>;
  std::optional<Fault> attempt(const Work& work);
  std::optional<Fault> attempt_once(const Work& work);
  std::optional<Fault> make_room(bool scarce);
  std::optional<Fault> ready();
  std::optional<Fault> open_archive();
  bool files_are_gone() const;
  Fault give_up_files();
  std::optional<Fault> take_directory();
  bool replace(const Fault& damage);
  void settle(const std::optional<Fault>& fault);
  void measure();

  StorageSettings settings_;
  std::optional<Directory> directory_;
  std::unique_ptr<StoreFile> archive_;
  std::optional<FileId> file_, log_;       // of the open StoreFile
  Changes rescued_;                        // from removed files, for new ones
  std::optional<std::size_t> unexamined_;  // the next table to check
  std::string taken_;
  StoreFacts facts_;
};

}  // namespace sonde::store
