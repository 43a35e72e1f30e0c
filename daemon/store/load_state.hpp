#pragma once
#include "daemon/core/change.hpp"
#include "daemon/store/database.hpp"

namespace sonde::store {

// The state that components restore at start; from a damaged file what can be read before the
// damage. Failures are those of first attempts outside maintenances, among the newest 50,000 runs
// that did not pass.
RestoredState remember(Database& database, WallTime now);

// The same as Changes, for a new file that replaces a damaged one.
Changes as_changes(const RestoredState& remembered);

}  // namespace sonde::store
