#include "daemon/store/directory.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

#include "config/file.hpp"

namespace sonde::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view aside = "sonde.db.corrupt-";
constexpr std::size_t asides_max = 2;

std::string reason_of(int error) { return std::generic_category().message(error); }

std::expected<void, std::string> make(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  fs::create_directory(path, error);
  if (error) return std::unexpected(error.message());
  fs::permissions(path, fs::perms::owner_all, error);
  return {};
}

// The process that holds the lock, from what it has written to the file.
std::string holder(int lock) {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(lock, text.data(), text.size(), 0);
  return bytes > 0 ? std::string(text.data(), static_cast<std::size_t>(bytes)) : "unknown";
}

// The lock ends with the process, however it ends.
std::expected<int, Directory::Refusal> lock(const fs::path& path) {
  const fs::path file = path / "sonde.lock";
  auto opened = config::open_own_file(file.string(), O_RDWR | O_CREAT);
  if (!opened) return std::unexpected(Directory::Refusal{"sonde.lock " + opened.error()});
  const int lock = *opened;
  struct stat facts{};
  if (::fstat(lock, &facts) != 0 || facts.st_nlink > 1) {
    ::close(lock);
    return std::unexpected(Directory::Refusal{"sonde.lock is another file, too (a hard link)"});
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) {
    const std::string pid = std::to_string(::getpid());
    // Only for the message above: the lock works without it.
    if (::ftruncate(lock, 0) == 0) (void)!::pwrite(lock, pid.data(), pid.size(), 0);
    return lock;
  }
  const bool taken = errno == EWOULDBLOCK;
  std::string text = taken ? "another sonde uses it (process " + holder(lock) +
                                 "); give each daemon a storage.path of its own"
                           : reason_of(errno);
  ::close(lock);
  return std::unexpected(Directory::Refusal{std::move(text), taken});
}

std::string stamp(std::chrono::system_clock::time_point now) {
  return fmt::format("{:%Y%m%dT%H%M%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

void forget_old(const fs::path& directory) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(aside) && !name.ends_with("-wal")) found.push_back(at->path());
  }
  std::ranges::sort(found);  // by time, because of their names
  for (std::size_t i = 0; i + asides_max < found.size(); ++i) {
    fs::remove(found[i], error);
    fs::remove(found[i].string() + "-wal", error);
  }
}

}  // namespace

std::string_view network_filesystem(long type) {
  switch (static_cast<std::uint32_t>(type)) {
    case 0x6969:
      return "NFS";
    case 0x517b:
      return "SMB";
    case 0xff534d42:
      return "CIFS";
    case 0xfe534d42:
      return "SMB2";
    case 0x5346414f:
      return "AFS";
    case 0x73757245:
      return "Coda";
    case 0x00c36400:
      return "Ceph";
    default:
      return "";
  }
}

std::optional<FileId> id_of(const fs::path& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) return std::nullopt;
  return FileId{facts.st_dev, facts.st_ino};
}

std::expected<Directory, Directory::Refusal> Directory::take(const fs::path& path) {
  if (auto made = make(path); !made) return std::unexpected(Refusal{made.error()});
  struct statfs facts{};
  if (::statfs(path.c_str(), &facts) != 0) return std::unexpected(Refusal{reason_of(errno)});
  if (const auto name = network_filesystem(facts.f_type); !name.empty())
    return std::unexpected(Refusal{fmt::format("it is on {}; take a local disk", name)});
  auto locked = lock(path);
  if (!locked) return std::unexpected(locked.error());
  return Directory(path, *locked);
}

Directory::Directory(Directory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

Directory& Directory::operator=(Directory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

Directory::~Directory() {
  if (lock_ >= 0) ::close(lock_);
}

bool Directory::is_ours() const {
  struct stat facts{};
  if (::fstat(lock_, &facts) != 0) return false;
  return id_of(path_ / "sonde.lock") == FileId{facts.st_dev, facts.st_ino};
}

std::expected<void, std::string> Directory::make_database() const {
  const auto file = config::open_own_file(database().string(), O_RDWR | O_CREAT);
  if (!file) return std::unexpected(file.error());
  ::close(*file);
  return {};
}

std::expected<fs::path, std::string> Directory::move_aside(
    std::chrono::system_clock::time_point now) const {
  fs::path away = path_ / (std::string(aside) + stamp(now));
  std::error_code error;
  for (int n = 1; fs::exists(away, error); ++n)
    away = path_ / fmt::format("{}{}.{}", aside, stamp(now), n);
  fs::rename(database(), away, error);
  if (error) return std::unexpected(error.message());
  // The log first; otherwise it would be used with the new file.
  fs::rename(log(), away.string() + "-wal", error);
  if (error && fs::exists(log())) return std::unexpected(error.message());
  fs::remove(path_ / "sonde.db-shm", error);
  forget_old(path_);
  return away;
}

}  // namespace sonde::store
