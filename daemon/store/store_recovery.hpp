#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/directory.hpp"
#include "daemon/store/store_file.hpp"

namespace sonde::store {

// Keeps the archive usable, on the store's thread: opens it, gives up a file that fails and opens
// it again when it is next asked, and puts a fresh one in the place of one that is damaged or was
// removed, with what could still be read of windows and notes.
class StoreRecovery {
 public:
  explicit StoreRecovery(StorageSettings settings);

  struct Opening {
    RestoredState remembered;
    std::string taken;  // another process has the directory; says which
  };
  Opening open();

  // Takes what is kept out of `changes`, in transactions that are small when the disk is full;
  // false: something is left.
  bool write(Changes& changes);
  bool tidy();  // one small step; true: more is due
  // One step of looking over a file that was not closed cleanly; true: more is due.
  bool examine();
  std::expected<std::vector<EvidenceRow>, std::string> evidence(const EvidenceQuery& query);
  std::expected<std::string, std::string> transcript(std::int64_t id);
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
  std::optional<FileId> file_, log_;       // of the archive that is open
  Changes rescued_;                        // from files that were removed, for the next ones
  std::optional<std::size_t> unexamined_;  // the next table to look over
  std::string taken_;
  StoreFacts facts_;
};

}  // namespace sonde::store
