#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::store {

// Which file a path leads to now; two are the same file if these are equal.
struct FileId {
  std::uint64_t device = 0, inode = 0;
  bool operator==(const FileId&) const = default;
};
// Nothing: there is none.
std::optional<FileId> id_of(const std::filesystem::path& path);

// The directory of the store, held by one process: while a Directory lives, nobody else gets it.
class Directory {
 public:
  // Why it is not to be had. `taken`: another process has it, and goes on.
  struct Refusal {
    std::string text;
    bool taken = false;
  };
  // Makes it (0700) if need be. Refuses a network filesystem, where locks and syncs are promises
  // that are not kept, and a lock or database that is a link or no regular file.
  static std::expected<Directory, Refusal> take(const std::filesystem::path& path);
  Directory(Directory&& other) noexcept;
  Directory& operator=(Directory&& other) noexcept;
  ~Directory();

  std::filesystem::path database() const { return path_ / "sonde.db"; }
  std::filesystem::path log() const { return path_ / "sonde.db-wal"; }

  // Whether the lock is still where another process would look for it.
  bool is_ours() const;

  // Makes the file of the database, readable by its owner alone, if there is none.
  std::expected<void, std::string> make_database() const;

  // Moves a damaged database and its log away, as sonde.db.corrupt-20260102T030405Z; of those
  // that were moved away the newest two stay. Says where it is now.
  std::expected<std::filesystem::path, std::string> move_aside(
      std::chrono::system_clock::time_point now) const;

 private:
  Directory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

// The name of a network filesystem by the type that statfs(2) tells; empty: it is local, or, like
// FUSE, may be either.
std::string_view network_filesystem(long type);

}  // namespace sonde::store
