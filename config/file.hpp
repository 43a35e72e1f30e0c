#pragma once
#include <cstddef>
#include <expected>
#include <string>

namespace sonde::config {

// The content of a regular file of at most `bytes_max`. Never blocks on a FIFO or a device. The
// error says what is wrong ("cannot be opened: Permission denied"), without path and content.
std::expected<std::string, std::string> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace sonde::config
