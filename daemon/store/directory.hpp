#pragma once
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::store {

// The file that a path refers to now; equal values mean the same file.
struct FileId {
  std::uint64_t device = 0, inode = 0;
  bool operator==(const FileId&) const = default;
};
// nullopt: the file does not exist.
std::optional<FileId> id_of(const std::filesystem::path& path);

// The directory of the store, locked by one process as long as this object lives.
class Directory {
 public:
  // Why it cannot be used. `taken`: another process uses it.
  struct Refusal {
    std::string text;
    bool taken = false;
  };
  // Opens the directory, and creates it with mode 0700 if needed. Refuses a network filesystem,
  // where locks and syncs are not reliable, and a lock or database that is a link or not a regular
  // file.
  static std::expected<Directory, Refusal> take(const std::filesystem::path& path);
  Directory(Directory&& other) noexcept;
  Directory& operator=(Directory&& other) noexcept;
  ~Directory();

  std::filesystem::path database() const { return path_ / "sonde.db"; }
  std::filesystem::path log() const { return path_ / "sonde.db-wal"; }

  // Whether the lock file is still at its path, where other processes look for it.
  bool is_ours() const;

  // Creates the database file with mode 0600 if it does not exist.
  std::expected<void, std::string> make_database() const;

  // Moves a damaged database and its log to sonde.db.corrupt-20260102T030405Z, and keeps the newest
  // two such files. Returns the new path.
  std::expected<std::filesystem::path, std::string> move_aside(
      std::chrono::system_clock::time_point now) const;

 private:
  Directory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

// The name of a network filesystem by its type from statfs(2); empty: it is local or, like FUSE,
// may be either.
std::string_view network_filesystem(long type);

}  // namespace sonde::store
