#pragma once
#include <cstdint>
#include <expected>
#include <string>

namespace sonde::config {

// A secret by reference: `{ file: PATH }`, `{ env: NAME }` or `{ credential: NAME }` (systemd,
// $CREDENTIALS_DIRECTORY). It holds where the secret is, never the secret, so printing or copying
// it tells nothing. A file is read anew at each use, so a rotated secret needs no restart.
class Secret {
 public:
  enum class Source : std::uint8_t { none, file, env, credential };

  Secret() = default;
  Secret(Source source, std::string name) : source_(source), name_(std::move(name)) {}

  // The secret, without one trailing newline; at most 64 KB, never empty. The error names the
  // source and what is wrong with it, and never shows any of its content.
  std::expected<std::string, std::string> reveal() const;

  bool empty() const { return source_ == Source::none; }
  std::string describe() const;  // "file /etc/sonde/alice.pw"
  bool operator==(const Secret&) const = default;

 private:
  Source source_ = Source::none;
  std::string name_;
};

}  // namespace sonde::config
