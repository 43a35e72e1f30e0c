#pragma once
#include <span>

#include "probes/plan/contradictions.hpp"

namespace sonde::plan {

// For the events of a chat.
std::span<const Contradiction> event_contradictions();

}  // namespace sonde::plan
