#include "probes/auth/mapped_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "config/file.hpp"

namespace sonde::auth {
namespace {

std::string why_not() { return std::generic_category().message(errno); }

class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

bool write_whole(int file, const void* bytes, std::size_t count) {
  const char* at = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(file, at, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    at += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

// Creates the file atomically, also if another process does so at the same time: it is renamed once
// it is written.
std::string make_file(const std::string& path, const void* bytes, std::size_t count) {
  std::string next = path + ".XXXXXX";
  const OpenFile file(::mkostemp(next.data(), O_CLOEXEC));
  if (file.number() < 0) return why_not();
  std::string wrong;
  if (!write_whole(file.number(), bytes, count) ||
      (::link(next.c_str(), path.c_str()) != 0 && errno != EEXIST))
    wrong = why_not();
  ::unlink(next.c_str());
  return wrong;
}

}  // namespace

std::expected<MappedFile, std::string> MappedFile::open(const std::string& path,
                                                        std::string_view content,
                                                        std::string_view what) {
  const auto failed = [&](const std::string& why) { return std::unexpected(path + ": " + why); };
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    const std::string wrong = make_file(path, content.data(), content.size());
    if (!wrong.empty()) return failed(wrong);
  }
  const auto opened = config::open_own_file(path, O_RDWR);
  if (!opened) return failed(opened.error());
  OpenFile file(*opened);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return failed(why_not());
  if (facts.st_size != static_cast<off_t>(content.size()))
    return failed("it is no file of this kind; remove it");
  void* mapped =
      ::mmap(nullptr, content.size(), PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
  if (mapped == MAP_FAILED) return failed(why_not());
  MappedFile made(mapped, content.size(), file.release());
  if (std::memcmp(mapped, content.data(), format_size) != 0)
    return failed("it holds no " + std::string(what) + "; remove it");
  return made;
}

bool MappedFile::alone() const { return ::flock(file_, LOCK_EX | LOCK_NB) == 0; }
void MappedFile::share() const { ::flock(file_, LOCK_SH | LOCK_NB); }

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)),
      size_(other.size_),
      file_(std::exchange(other.file_, -1)) {}

MappedFile::~MappedFile() {
  if (bytes_ != nullptr) ::munmap(bytes_, size_);
  if (file_ >= 0) ::close(file_);
}

}  // namespace sonde::auth
