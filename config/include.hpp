#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"

namespace sonde::config {

inline constexpr std::size_t include_files_max = 100;
inline constexpr int include_depth_max = 5;

// The files that one entry of `include:` means, in alphabetical order. A pattern has its * ? [ ]
// in the file's name alone, so that finding them reads one directory; files that begin with a dot
// are not found. `directory` is that of the file which includes. Nothing: a mistake was told; a
// pattern without files is a warning.
std::optional<std::vector<std::filesystem::path>> find_included(
    const std::filesystem::path& directory, const std::string& pattern, const Place& place,
    const Reader& reader);

}  // namespace sonde::config
