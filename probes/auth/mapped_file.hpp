#pragma once
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace sonde::auth {

// A file of a fixed size, for its owner alone (0600), that all processes that open it have in their
// memory.
class MappedFile {
 public:
  static constexpr std::size_t format_size = 8;  // it begins with as many bytes that name its kind

  // Where there is no such file, makes one with `content`, at once and whole. The error says why
  // not, also if the file is of another size or kind; `what` it should hold: "counts of logins".
  static std::expected<MappedFile, std::string> open(const std::string& path,
                                                     std::string_view content,
                                                     std::string_view what);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  void* bytes() const { return bytes_; }
  // Call once after open(). Calls `mend` if no other process has the file, to put right what a
  // process left that was killed; who opens it from then on is not alone.
  template <class Mend>
  void join(Mend mend) {
    if (alone()) mend();
    share();
  }

 private:
  MappedFile(void* bytes, std::size_t size, int file) : bytes_(bytes), size_(size), file_(file) {}
  bool alone() const;
  void share() const;

  void* bytes_;
  std::size_t size_;
  int file_;
};

}  // namespace sonde::auth
