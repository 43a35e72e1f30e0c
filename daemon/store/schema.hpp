#pragma once
#include <span>
#include <string_view>

#include "daemon/store/database.hpp"

namespace sonde::store {

// What brings the tables from one version to the next; step i makes version i + 1 of version i,
// and 0 is an empty file. A step that was ever shipped is never changed.
std::span<const std::string_view> schema_steps();

// Takes the steps that the file lacks, each whole or not at all. A file of a newer version, or
// another program's, is a fault and left as it is.
void migrate(Database& database, std::span<const std::string_view> steps = schema_steps());

}  // namespace sonde::store
