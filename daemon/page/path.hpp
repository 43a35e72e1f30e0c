#pragma once
#include <span>

#include "daemon/page/facts.hpp"

namespace sonde::page {

// The mark of a check's state at `now` (core/check_state.hpp): one that is inconclusive, or has had
// no run for several intervals, is unclear.
Mark mark_of(const Check& check, const CheckStatus& status, WallTime now);
// Its newest run was skipped, so that no account is locked (reason `suppressed`).
bool is_held_back(const CheckStatus& status);

// The boxes of a target. A stage fails if any run of it ended there. Otherwise the probes of its
// own kind decide; those that only go through it where there are none, or none of them has got
// there. It is not reached if all that would say so ended before it.
Stages stages_of(std::span<const CheckFacts> checks);

}  // namespace sonde::page
