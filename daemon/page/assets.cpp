#include "daemon/page/assets.hpp"

#include <map>

#include "probes/text/encode.hpp"

namespace sonde::page {
namespace {

constexpr std::size_t digest_digits = 12;

using Paths = std::map<std::string_view, std::string, std::less<>>;

const Paths& paths() {
  static const Paths all = [] {
    Paths made;
    for (const config::EmbeddedFile& file : page_files()) {
      const std::size_t dot = file.name.rfind('.');
      made[file.name] = "/assets/" + std::string(file.name.substr(0, dot)) + "-" +
                        text::sha256(file.text).substr(0, digest_digits) +
                        std::string(file.name.substr(dot));
    }
    return made;
  }();
  return all;
}

}  // namespace

const std::string& asset_path(std::string_view name) { return paths().find(name)->second; }

const config::EmbeddedFile* asset_at(std::string_view path) {
  for (const config::EmbeddedFile& file : page_files())
    if (asset_path(file.name) == path) return &file;
  return nullptr;
}

std::string_view content_type(const config::EmbeddedFile& file) {
  if (file.name.ends_with(".css")) return "text/css; charset=utf-8";
  if (file.name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

}  // namespace sonde::page
