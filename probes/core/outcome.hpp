#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "probes/core/reason.hpp"

namespace sonde {

// A failure that a kind of probe can report; metrics create a series with value 0 for each.
struct Pair {
  Step step;
  Reason reason;
};

// Failures before the first byte of a protocol that may be gone a moment later.
std::span<const Reason> passing_network_reasons();
// Failures before the first byte of a protocol that last until someone fixes the cause.
std::span<const Reason> lasting_network_reasons();

// The reasons that can end a run at a step. One table holds the complete list.
std::span<const Reason> reasons_at(Step step);

// Every pair that the steps of a kind can produce.
std::vector<Pair> pairs_of(std::span<const Step> steps);

// Inconclusive and skipped reasons, which every kind can report.
std::span<const Reason> inconclusive_reasons();
std::span<const Reason> skipped_reasons();

}  // namespace sonde
