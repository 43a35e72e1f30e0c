#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

#include "config/mistake.hpp"
#include "config/value.hpp"

namespace sonde::config {

inline constexpr std::size_t file_bytes_max = std::size_t{1024} * 1024;
inline constexpr int depth_max = 40;               // of mappings and lists
inline constexpr std::size_t nodes_max = 100'000;  // after aliases were followed

// One YAML document. Refuses what is not one UTF-8 mapping within the bounds above: tabs in an
// indentation, control characters, a second document, keys that are no text, aliases that explode,
// tags of one's own. Scalars keep their text; `~`, null and an empty place are Kind::none; `<<`
// takes in mappings. Nothing: mistakes were told. A key given twice is told, too, and its first
// value stays, so that the reading can go on and find more: ask mistakes.any() at the end.
std::optional<Value> parse(std::string_view yaml, std::string_view file, Mistakes& mistakes);

// The file with its `include:`d ones (patterns, relative to the file that names them; files in
// alphabetical order) merged into one mapping without `include`: mappings of names are joined, a
// name given twice is a mistake that shows both places (the first stays). A pattern that matches
// nothing is a warning; a file without a pattern that is missing is a mistake. Each file is read
// once, at most 100 of them, 5 deep. Nothing: mistakes were told.
std::optional<Value> load(const std::filesystem::path& file, Mistakes& mistakes);

}  // namespace sonde::config
