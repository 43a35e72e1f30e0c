#pragma once
#include <span>
#include <string_view>

#include "daemon/store/database.hpp"

namespace sonde::store {

// The migrations: step i makes version i + 1 from version i; 0 is an empty file. A step must not
// change once it was released.
std::span<const std::string_view> schema_steps();

// Values of evidence.passed for runs that passed: a sample; the last run before failures, or the
// first one after them.
inline constexpr int passed_sample = 1, passed_beside_failure = 2;

// Applies the missing steps, each atomically. A file of a newer version, or of another program, is
// a fault and is not changed.
void migrate(Database& database, std::span<const std::string_view> steps = schema_steps());

}  // namespace sonde::store
