#pragma once
#include "daemon/core/change.hpp"
#include "daemon/store/database.hpp"

namespace sonde::store {

// What rooms want back at start; of a damaged file what can be read before the damage. Failures
// are those of first attempts outside of maintenances, of the newest 50,000 runs that did not pass.
RestoredState remember(Database& database, WallTime now);

// The same as changes, for a fresh file that takes the place of a damaged one.
Changes as_changes(const RestoredState& remembered);

}  // namespace sonde::store
