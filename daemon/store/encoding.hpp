#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/core/view.hpp"
#include "probes/core/verdict.hpp"

namespace sonde::store {

// How times and verdicts are stored.

std::int64_t as_stored(WallTime at);  // milliseconds since 1970
WallTime as_wall(std::int64_t stored);

// The verdict from the ids of its names, without detail; empty: one of them is unknown.
std::optional<Verdict> verdict_of(const std::map<std::int64_t, std::string>& names,
                                  std::int64_t outcome, std::int64_t step, std::int64_t reason);

// The concluded cause from the id of its name; ok: none, or unknown.
Reason concluded_of(const std::map<std::int64_t, std::string>& names, std::int64_t concluded);

}  // namespace sonde::store
