#include "probes/auth/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "config/file.hpp"

namespace sonde::auth {
namespace {

constexpr std::size_t bytes_max = 64 * 1024;

std::unexpected<std::string> failed(const std::string& path) {
  return std::unexpected(path + ": " + std::generic_category().message(errno));
}

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash + 1);
}

std::expected<std::shared_ptr<StateFile>, std::string> StateFile::open(const std::string& path) {
  const std::string beside = path + ".lock";
  const auto opened = config::open_own_file(beside, O_RDWR | O_CREAT);
  if (!opened) return std::unexpected(beside + ": " + opened.error());
  const int lock = *opened;
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0)
    return std::shared_ptr<StateFile>(new StateFile(path, lock));
  const bool taken = errno == EWOULDBLOCK;
  auto failure = failed(beside);
  ::close(lock);
  if (taken) return std::unexpected(beside + ": another process or login uses it");
  return failure;
}

StateFile::~StateFile() { ::close(lock_); }

std::expected<std::string, std::string> StateFile::read() const {
  if (::access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return "";
  const auto opened = config::open_own_file(path_, O_RDONLY);
  if (!opened) return std::unexpected(path_ + ": " + opened.error());
  const Descriptor file{*opened};
  struct stat facts{};
  if (::fstat(file.number, &facts) != 0) return failed(path_);
  if ((facts.st_mode & 077) != 0)
    return std::unexpected(path_ + ": others may read it; chmod 600 it");
  std::string text(bytes_max + 1, '\0');
  const ssize_t count = ::read(file.number, text.data(), text.size());
  if (count < 0) return failed(path_);
  text.resize(static_cast<std::size_t>(count));
  if (text.size() > bytes_max) return std::unexpected(path_ + ": it is longer than 64 KB");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::expected<void, std::string> StateFile::write(std::string_view text) const {
  const std::string next = path_ + ".next";
  ::unlink(next.c_str());
  const Descriptor file{::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.number < 0 || !write_all(file.number, text) || ::fsync(file.number) != 0)
    return failed(next);
  if (std::rename(next.c_str(), path_.c_str()) != 0) return failed(path_);
  const Descriptor folder{::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.number < 0 || ::fsync(folder.number) != 0) return failed(folder_of(path_));
  return {};
}

}  // namespace sonde::auth
