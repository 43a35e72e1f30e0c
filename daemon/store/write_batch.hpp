#pragma once
#include <cstddef>

#include "daemon/core/change.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {

// Writes everything, or nothing; false: nothing, and the database has the fault. Stores the
// transcript of a Result that did not pass, if it has a trace, up to `transcript_bytes_max` in all.
bool write(Database& database, Names& names, const Changes& changes,
           std::size_t transcript_bytes_max);

}  // namespace sonde::store
