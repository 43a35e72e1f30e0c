#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::config {

// A reference to a secret: `{ file: PATH }`, `{ env: NAME }` or `{ credential: NAME }` (systemd,
// $CREDENTIALS_DIRECTORY). Contains only where the secret is, so it can be printed and copied
// safely. A file is read again at each use, so a rotated secret needs no restart.
class Secret {
 public:
  enum class Source : std::uint8_t { none, file, env, credential };

  Secret() = default;
  Secret(Source source, std::string name) : source_(source), name_(std::move(name)) {}

  // Reads the secret, without one trailing newline; at most 64 KB, never empty. The error names the
  // source and what is wrong with it, and contains nothing of its content.
  std::expected<std::string, std::string> reveal() const;

  // What is legal about the secret and surely not meant, given what reveal() returned: a byte order
  // mark, UTF-16, a second line end, a file that everybody may read. Each is the end of a sentence
  // that begins with describe(), and contains nothing of the secret.
  std::vector<std::string> oddities(std::string_view revealed) const;

  bool empty() const { return source_ == Source::none; }
  std::string describe() const;  // "file /etc/sonde/alice.pw"
  bool operator==(const Secret&) const = default;

 private:
  Source source_ = Source::none;
  std::string name_;
};

}  // namespace sonde::config
