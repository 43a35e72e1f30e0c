#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace sonde::auth {

// The folder of a path: "/var/lib/sonde/" for "/var/lib/sonde/token"; "." for a plain name.
std::string folder_of(const std::string& path);

// A file with mode 0600 that keeps one secret between runs. While this object lives, no other
// process and no other object in this process can open it: PATH.lock is locked (flock). Both have
// to be regular files, not symbolic links.
class StateFile {
 public:
  static std::expected<std::shared_ptr<StateFile>, std::string> open(const std::string& path);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // The content; empty: the file does not exist yet. Fails if other users may read it.
  std::expected<std::string, std::string> read() const;
  // Replaces the content atomically; it is on disk before this returns.
  std::expected<void, std::string> write(std::string_view text) const;

 private:
  StateFile(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

}  // namespace sonde::auth
