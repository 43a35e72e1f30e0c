#pragma once
#include <span>
#include <string_view>

#include "daemon/store/database.hpp"

namespace sonde::store {

// The migrations: step i makes version i + 1 from version i; 0 is an empty file. A step must not
// change once it was released.
std::span<const std::string_view> schema_steps();

// Applies the missing steps, each atomically. A file of a newer version, or of another program, is
// a fault and is not changed.
void migrate(Database& database, std::span<const std::string_view> steps = schema_steps());

}  // namespace sonde::store
