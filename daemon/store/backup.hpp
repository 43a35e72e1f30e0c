#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

namespace sonde::store {

// Copies the database of the store in `directory` to the new file `copy`, with mode 0600: one
// consistent state, also while a daemon writes to it. The copy is checked, synced to the disk, and
// gets its name only when it is complete. Returns its size in bytes. Errors: there is no store;
// `copy` exists; the copy cannot be written or is damaged. Source: https://sqlite.org/backup.html.
std::expected<std::uintmax_t, std::string> back_up(const std::filesystem::path& directory,
                                                   const std::filesystem::path& copy);

}  // namespace sonde::store
