#include "config/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "config/codec.hpp"

namespace sonde::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<std::string> failed(const std::string& what, int error) {
  return std::unexpected(what + ": " + std::generic_category().message(error));
}

std::unexpected<std::string> too_large(std::size_t bytes_max) {
  return std::unexpected("is larger than " + show_bytes(bytes_max));
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path, std::size_t bytes_max) {
  if (path.contains('\0')) return std::unexpected("has a name with a NUL in it");
  const Descriptor file(path);
  if (file.get() < 0) return failed("cannot be opened", errno);
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return failed("cannot be read", errno);
  if (S_ISDIR(facts.st_mode)) return std::unexpected("is a directory, not a file");
  if (!S_ISREG(facts.st_mode)) return std::unexpected("is not a regular file");
  if (static_cast<std::size_t>(facts.st_size) > bytes_max) return too_large(bytes_max);
  // One byte more than the size, to detect a file that grows meanwhile; then doubles.
  std::string content(static_cast<std::size_t>(facts.st_size) + 1, '\0');
  std::size_t size = 0;
  while (size <= bytes_max) {
    if (size == content.size()) content.resize(std::min(2 * size, bytes_max + 1));
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot be read", errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > bytes_max) return too_large(bytes_max);
  content.resize(size);
  return content;
}

std::string not_regular(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 || S_ISREG(facts.st_mode)) return "";
  return S_ISDIR(facts.st_mode) ? "is a directory, not a file" : "is not a regular file";
}

std::expected<int, std::string> open_own_file(const std::string& path, int flags) {
  const int file =
      ::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);
  if (file < 0 && errno == ELOOP)
    return std::unexpected("is a symbolic link; that is not followed");
  if (file < 0) return failed("cannot be opened", errno);
  struct stat facts{};
  if (::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) return file;
  ::close(file);
  return std::unexpected("is not a regular file");
}

bool readable_by_all(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
}

// The sticky bit of /tmp prevents others from replacing our files, and links are not followed.
std::string open_to_others(const std::string& folder) {
  struct stat facts{};
  if (::stat(folder.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) return "";
  if ((facts.st_mode & (S_IWOTH | S_ISVTX)) != S_IWOTH) return "";
  return "everybody may write in the folder " + folder + "; chmod o-w it";
}

}  // namespace sonde::config
