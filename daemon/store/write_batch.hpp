#pragma once
#include <cstddef>

#include "daemon/core/change.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {

// Writes all of it, or nothing; false: nothing, and the database says why. Of a Result that did not
// pass its transcript is kept, if it brings a trace; of those together at most
// `transcript_bytes_max`.
bool write(Database& database, Names& names, const Changes& changes,
           std::size_t transcript_bytes_max);

}  // namespace sonde::store
