#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/core/run_record.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/names.hpp"

namespace sonde::store {

// Questions about recorded runs, to a file with the tables of this version and all of its names.
// Afterwards, callers check whether there is a fault.

// At most 20,000.
std::vector<RunRow> select_runs(Database& database, const NamesById& names, const RunQuery& query);
// The run with this id; nullopt: it is not recorded, or was deleted meanwhile.
std::optional<RunTranscript> find_run(Database& database, const NamesById& names,
                                      std::string_view id);

}  // namespace sonde::store
