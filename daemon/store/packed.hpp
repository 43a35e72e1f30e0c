#pragma once
#include <string>
#include <string_view>

#include "daemon/core/result.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {

// The 16 bytes of a run's id; empty if it is none.
std::string pack_run(std::string_view id);
// The id from its bytes; empty if they are not 16.
std::string run_from(std::string_view bytes);

// Phases with their durations: for each the id of its name and whole microseconds, as LEB128
// numbers.
std::string pack_phases(const PhaseTimes& times, Names& names);
// Without phases that this version does not know.
PhaseTimes phases_from(std::string_view bytes, const NamesById& names);

}  // namespace sonde::store
