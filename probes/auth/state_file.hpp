#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace sonde::auth {

// "/var/lib/sonde/" of "/var/lib/sonde/token"; "." of a bare name.
std::string folder_of(const std::string& path);

// A file that keeps one secret from run to run, for its owner alone (0600). As long as this lives
// no other process, and nobody else in this one, can have it: PATH.lock is locked (flock).
// Neither of them may be a symbolic link or anything but a regular file.
class StateFile {
 public:
  static std::expected<std::shared_ptr<StateFile>, std::string> open(const std::string& path);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // What it holds; empty: it is not there yet. Fails if others may read it.
  std::expected<std::string, std::string> read() const;
  // Replaces it, all or nothing, on disk before this returns.
  std::expected<void, std::string> write(std::string_view text) const;

 private:
  StateFile(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

}  // namespace sonde::auth
