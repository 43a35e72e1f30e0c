#pragma once
#include <span>

#include "probes/diagnosis/diagnosis.hpp"

namespace sonde::diagnosis {

// The rows for an observation, tried in order; none: it needs no experiment.
std::span<const Rule> rules_for(Step step, Reason reason);

}  // namespace sonde::diagnosis
