#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

#include "config/mistake.hpp"
#include "config/value.hpp"

namespace sonde::config {

inline constexpr std::size_t file_bytes_max = std::size_t{1024} * 1024;
inline constexpr int depth_max = 40;               // of nested mappings and lists
inline constexpr std::size_t nodes_max = 100'000;  // with aliases expanded

// Parses one YAML document. Rejects anything but a single UTF-8 mapping within the limits above:
// tabs in an indentation, control characters, a second document, keys that are not texts, aliases
// that expand too far, custom tags. Scalars keep their text; `~`, null and an empty value are
// Kind::none; `<<` merges mappings. nullopt: mistakes were reported. A duplicate key is reported
// too, but its first value is kept so that further mistakes are found; so check mistakes.any() at
// the end.
std::optional<Value> parse(std::string_view yaml, std::string_view file, Mistakes& mistakes);

// Loads the file and those that it includes (patterns, relative to the including file, matched in
// alphabetical order), merged into one mapping without `include`: mappings of names are joined; a
// duplicate name is a mistake that shows both places, and the first is kept. A pattern without
// matches is a warning; a missing file without a pattern is a mistake. Each file is read once; at
// most 100 files, 5 levels deep. nullopt: mistakes were reported.
std::optional<Value> load(const std::filesystem::path& file, Mistakes& mistakes);

}  // namespace sonde::config
