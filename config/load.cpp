#include "config/load.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "config/codec.hpp"
#include "config/file.hpp"
#include "config/include.hpp"

namespace sonde::config {
namespace {

namespace fs = std::filesystem;

class Loader {
 public:
  explicit Loader(Mistakes& mistakes) : mistakes_(&mistakes) {}

  // Reads `file`, which is included at `place`, and the files that it includes, into root(). False:
  // a mistake was reported.
  bool add(const fs::path& file, const Place& place, const Reader& reader, int depth);
  Value& root() { return root_; }

 private:
  bool add_included(const Value& include, const fs::path& directory, int depth);
  void merge(Value&& document);

  Mistakes* mistakes_;
  std::set<fs::path> seen_;
  Value root_{.kind = Value::Kind::map};
  std::unordered_map<std::string, std::size_t> keys_;  // index in root_
};

std::optional<Value> take(Value& map, std::string_view name) {
  const auto found = std::ranges::find(map.entries, name, &Value::Entry::name);
  if (found == map.entries.end()) return std::nullopt;
  Value value = std::move(found->value);
  map.entries.erase(found);
  return value;
}

bool Loader::add(const fs::path& file, const Place& place, const Reader& reader, int depth) {
  std::error_code error;
  const fs::path identity = fs::weakly_canonical(file, error);
  if (!seen_.insert(error ? file : identity).second) return true;
  if (seen_.size() > include_files_max + 1 || depth > include_depth_max) {
    reader.wrong(place, seen_.size() > include_files_max + 1
                            ? "more than 100 files are included"
                            : "files include files more than 5 deep");
    return false;
  }
  const auto text = read_file(file, file_bytes_max);
  if (!text) {
    reader.wrong(place, (depth == 0 ? "" : file.string() + " ") + text.error());
    return false;
  }
  auto document = parse(*text, file.string(), *mistakes_);
  if (!document) return false;
  if (depth == 0) root_.place = document->place;
  const auto include = take(*document, "include");
  merge(std::move(*document));
  return !include || add_included(*include, file.parent_path(), depth + 1);
}

bool Loader::add_included(const Value& include, const fs::path& directory, int depth) {
  const Reader reader = Reader(*mistakes_).at("include");
  std::vector<std::string> patterns;
  if (!Codec<std::vector<std::string>>::read(include, reader, {.filled = true}, patterns))
    return false;
  bool good = true;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const Place& place = include.items.empty() ? include.place : include.items[i].place;
    const auto files = find_included(directory, patterns[i], place, reader);
    good &= files.has_value();
    if (!files) continue;
    for (const fs::path& file : *files) good &= add(file, place, reader, depth);
  }
  return good;
}

void tell_twice(const Reader& reader, const Value::Entry& again, const Place& first) {
  reader.at(again.name).wrong(again.place, "is given twice; first at " + show(first));
}

void join(Value& names, Value&& more, const Reader& reader) {
  std::unordered_map<std::string, Place> known;
  for (const Value::Entry& entry : names.entries) known.emplace(entry.name, entry.place);
  for (Value::Entry& entry : more.entries) {
    const auto [first, is_new] = known.emplace(entry.name, entry.place);
    if (!is_new) tell_twice(reader, entry, first->second);
    if (is_new) names.entries.push_back(std::move(entry));
  }
}

// Joins mappings under the same key; anything else may be given only once.
void Loader::merge(Value&& document) {
  const Reader reader(*mistakes_);
  for (Value::Entry& entry : document.entries) {
    const auto [found, is_new] = keys_.emplace(entry.name, root_.entries.size());
    if (is_new) {
      root_.entries.push_back(std::move(entry));
      continue;
    }
    Value::Entry& first = root_.entries[found->second];
    const bool names = first.value.kind == Value::Kind::map && entry.value.kind == Value::Kind::map;
    if (names) join(first.value, std::move(entry.value), reader.at(entry.name));
    if (!names) tell_twice(reader, entry, first.place);
  }
}

}  // namespace

std::optional<Value> load(const fs::path& file, Mistakes& mistakes) {
  const Place place{std::make_shared<const std::string>(file.string()), 0, 0};
  Loader loader(mistakes);
  if (!loader.add(file, place, Reader(mistakes), 0)) return std::nullopt;
  return std::move(loader.root());
}

}  // namespace sonde::config
