#pragma once
#include "daemon/core/view.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/settings.hpp"

namespace sonde::store {

// The limit for the write-ahead log on disk, given the limit for all files together.
std::size_t wal_max(std::size_t size);

// Deletes a small part of what exceeds the limits, so that no batch waits long. Returns whether it
// did anything; then call it again.
bool tidy(Database& database, const RetentionSettings& keep, WallTime now);

}  // namespace sonde::store
