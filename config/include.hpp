#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"

namespace sonde::config {

inline constexpr std::size_t include_files_max = 100;
inline constexpr int include_depth_max = 5;

// The files that one entry of `include:` matches, in alphabetical order. Wildcards (* ? [ ]) are
// allowed only in the file name, so only one directory is read; files that begin with a dot are not
// matched. `directory` is that of the including file. nullopt: a mistake was reported; a pattern
// without matches is a warning.
std::optional<std::vector<std::filesystem::path>> find_included(
    const std::filesystem::path& directory, const std::string& pattern, const Place& place,
    const Reader& reader);

}  // namespace sonde::config
