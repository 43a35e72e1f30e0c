#include <algorithm>
#include <filesystem>

#include "config/section.hpp"

namespace sonde::config {
namespace {

const std::vector<std::string_view> sources{"file", "env", "credential"};

// A relative path is meant beside the file that names it, wherever the daemon was started.
std::string beside(const Place& place, const std::string& path) {
  if (!place.file) return path;
  return (std::filesystem::path(*place.file).parent_path() / path).string();
}

Secret secret_from(const std::string& source, const std::string& name, const Place& place) {
  if (source == "file") return {Secret::Source::file, beside(place, name)};
  if (source == "env") return {Secret::Source::env, name};
  return {Secret::Source::credential, name};
}

bool refuse_literal(const Value& v, const Reader& r) {
  r.wrong(v.place,
          "a secret cannot stand here; use { file: PATH }, { env: NAME } or { credential: NAME }");
  return false;
}

}  // namespace

bool read_secret(const Value& v, const Reader& r, Secret& out) {
  if (v.kind != Value::Kind::map || v.entries.size() != 1) return refuse_literal(v, r);
  const Value::Entry& entry = v.entries.front();
  if (std::ranges::find(sources, entry.name) == sources.end()) {
    tell_unknown(entry, r, sources);
    return false;
  }
  std::string name;
  if (!read_text(entry.value, r.at(entry.name), {.filled = true}, name)) return false;
  Secret secret = secret_from(entry.name, name, entry.value.place);
  if (const auto revealed = secret.reveal(); !revealed) {
    r.wrong(entry.value.place, "the secret cannot be read: " + revealed.error());
    return false;
  }
  out = std::move(secret);
  return true;
}

}  // namespace sonde::config
