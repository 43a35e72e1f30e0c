#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "probes/core/reason.hpp"

namespace sonde {

// A failure that a kind of probe can give; metrics create a series at 0 for each.
struct Pair {
  Step step;
  Reason reason;
};

// What goes wrong before the first byte of a protocol, and may go right a moment later.
std::span<const Reason> passing_network_reasons();
// What goes wrong there until somebody mends it.
std::span<const Reason> lasting_network_reasons();

// The reasons that can end a run at a step; one table, the closed list of the project.
std::span<const Reason> reasons_at(Step step);

// Every pair that the steps of a kind can give.
std::vector<Pair> pairs_of(std::span<const Step> steps);

// Inconclusive and skipped reasons, which any kind can give.
std::span<const Reason> inconclusive_reasons();
std::span<const Reason> skipped_reasons();

}  // namespace sonde
