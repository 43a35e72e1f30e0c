#pragma once
#include "daemon/core/view.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/settings.hpp"

namespace sonde::store {

// What the log may keep on the disk, of the size that all files may take together.
std::size_t wal_max(std::size_t size);

// One small step towards what may be kept, so that no batch waits long behind it. True: it did
// something, and more may be due.
bool tidy(Database& database, const RetentionSettings& keep, WallTime now);

}  // namespace sonde::store
