#pragma once
#include <cstddef>
#include <expected>
#include <string>

namespace sonde::config {

// The content of a regular file of at most `bytes_max`. Never blocks on a FIFO or a device. The
// error says what is wrong ("cannot be opened: Permission denied"), without path and content.
std::expected<std::string, std::string> read_file(const std::string& path, std::size_t bytes_max);

// What is wrong with a file that a library opens by its name and might block on: it is there, and
// is no regular file ("is not a regular file"). Empty: nothing.
std::string not_regular(const std::string& path);

// Opens a file that is ours to write (a lock, a state), for its owner alone (0600) if it is made.
// Follows no symbolic link at its last part, takes only a regular file, never blocks, and changes
// nothing in it. `flags`: of open(2). The error says what is wrong, without the path.
std::expected<int, std::string> open_own_file(const std::string& path, int flags);

// What is unwise about a folder in which we keep files: anybody may put others there. Empty:
// nothing.
std::string open_to_others(const std::string& folder);

}  // namespace sonde::config
