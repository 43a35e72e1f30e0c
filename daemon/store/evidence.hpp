#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/core/view.hpp"
#include "daemon/store/database.hpp"

namespace sonde::store {

std::vector<EvidenceRow> evidence(Database& database, const EvidenceQuery& query);

// The run and its trace as one JSON object; empty: not stored, or deleted meanwhile.
std::string transcript(Database& database, std::int64_t id);

}  // namespace sonde::store
