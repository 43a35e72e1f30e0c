#include "config/secret.hpp"

#include <cstdlib>

#include "config/file.hpp"

namespace sonde::config {
namespace {

using Revealed = std::expected<std::string, std::string>;
// From where the unit loads credentials; for commands that a person runs, outside of the service.
constexpr std::string_view credentials_folder = "/etc/sonde/credentials";
constexpr std::size_t secret_bytes_max = std::size_t{64} * 1024;

bool is_file_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && !name.contains('/') &&
         !name.contains('\0');
}

bool is_variable_name(const std::string& name) {
  return !name.empty() && !name.contains('=') && !name.contains('\0');
}

Revealed from_env(const std::string& name) {
  if (!is_variable_name(name)) return std::unexpected("is not the name of a variable");
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::unexpected("is not set");
  std::string content = value;
  if (content.size() > secret_bytes_max) return std::unexpected("is larger than 64KB");
  return content;
}

Revealed from_credential(const std::string& name) {
  if (!is_file_name(name)) return std::unexpected("is not a plain file name");
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory != nullptr && *directory != '\0')
    return read_file(std::string(directory) + "/" + name, secret_bytes_max);
  const std::string file = std::string(credentials_folder) + "/" + name;
  auto secret = read_file(file, secret_bytes_max);
  if (secret) return secret;
  return std::unexpected(
      "cannot be found: $CREDENTIALS_DIRECTORY is not set (systemd sets it, with LoadCredential=), "
      "and " +
      file + " " + secret.error());
}

Revealed from(Secret::Source source, const std::string& name) {
  switch (source) {
    case Secret::Source::file:
      return read_file(name, secret_bytes_max);
    case Secret::Source::env:
      return from_env(name);
    case Secret::Source::credential:
      return from_credential(name);
    case Secret::Source::none:
      break;
  }
  return std::unexpected("is nowhere");
}

std::size_t newline_size(const std::string& text) { return text.ends_with("\r\n") ? 2 : 1; }

}  // namespace

std::expected<std::string, std::string> Secret::reveal() const {
  Revealed secret = from(source_, name_);
  if (secret && secret->ends_with('\n')) secret->resize(secret->size() - newline_size(*secret));
  if (secret && secret->empty()) secret = std::unexpected("is empty");
  if (!secret) return std::unexpected(describe() + " " + secret.error());
  return secret;
}

std::vector<std::string> Secret::oddities(std::string_view revealed) const {
  std::vector<std::string> all;
  if (revealed.starts_with("\xFF\xFE") || revealed.starts_with("\xFE\xFF"))
    all.emplace_back("is UTF-16, and is sent as it is; save it as UTF-8");
  if (revealed.starts_with("\xEF\xBB\xBF"))
    all.emplace_back("begins with a byte order mark (EF BB BF), which is sent as well; remove it");
  if (revealed.ends_with('\n'))
    all.emplace_back(
        "ends in more than one line end; one is cut off, the others are sent as well; remove them");
  if (source_ == Source::file && readable_by_all(name_))
    all.emplace_back("may be read by every user of this machine; chmod o-r it");
  return all;
}

std::string Secret::describe() const {
  switch (source_) {
    case Source::file:
      return "file " + name_;
    case Source::env:
      return "env " + name_;
    case Source::credential:
      return "credential " + name_;
    case Source::none:
      break;
  }
  return "no secret";
}

}  // namespace sonde::config
