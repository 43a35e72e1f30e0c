#pragma once
#include <cstddef>
#include <expected>
#include <string>

namespace sonde::config {

// Reads a regular file of at most `bytes_max`. Never blocks on a FIFO or a device. The error says
// what is wrong ("cannot be opened: Permission denied"), without path and content.
std::expected<std::string, std::string> read_file(const std::string& path, std::size_t bytes_max);

// Says why a library might block on opening this file by name: it exists and is not a regular file
// ("is not a regular file"). Empty: it is safe.
std::string not_regular(const std::string& path);

// Opens a file that we write (a lock, a state); if it is created, with mode 0600. Does not follow a
// symbolic link in the last component, accepts only a regular file, never blocks, and does not
// change the content. `flags`: of open(2). The error says what is wrong, without the path.
std::expected<int, std::string> open_own_file(const std::string& path, int flags);

// Whether every user of the machine may read the file itself; folders on the way may forbid it.
bool readable_by_all(const std::string& path);

// Says what is unsafe about a folder for our files: other users may add files to it. Empty: it is
// safe.
std::string open_to_others(const std::string& folder);

}  // namespace sonde::config
