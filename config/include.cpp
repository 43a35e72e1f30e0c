#include "config/include.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace sonde::config {
namespace {

namespace fs = std::filesystem;
constexpr int directory_entries_max = 10'000;

bool has_wildcards(const std::string& text) {
  return text.find_first_of("*?[") != std::string::npos;
}

std::vector<fs::path> matching(const fs::path& pattern, std::error_code& error) {
  const fs::path directory = pattern.parent_path();
  const std::string name = pattern.filename();
  std::vector<fs::path> found;
  int entries = 0;
  fs::directory_iterator entry(directory.empty() ? "." : directory, error);
  for (; !error && entry != fs::directory_iterator() && entries < directory_entries_max;
       entry.increment(error), ++entries) {
    const std::string candidate = entry->path().filename();
    if (::fnmatch(name.c_str(), candidate.c_str(), FNM_PERIOD) == 0)
      found.push_back(directory / candidate);
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

std::optional<std::vector<fs::path>> find_included(const fs::path& directory,
                                                   const std::string& pattern, const Place& place,
                                                   const Reader& reader) {
  const fs::path path = directory / pattern;
  if (has_wildcards(fs::path(pattern).parent_path())) {
    reader.wrong(place, "* ? [ can stand only in the name of the file, not of its directory");
    return std::nullopt;
  }
  if (!has_wildcards(path.filename())) return std::vector{path};
  std::error_code error;
  std::vector<fs::path> found = matching(path, error);
  if (error) {
    reader.warn(place, "cannot list the files of " + quote(pattern) + ": " + error.message());
  } else if (found.empty()) {
    reader.warn(place, "no file matches " + quote(pattern));
  }
  return found;
}

}  // namespace sonde::config
