#pragma once
#include "probes/core/reason.hpp"

namespace sonde::schedule {

// Whether an immediate retry may succeed: true for transient faults of the network and the server,
// false for a wrong password or a wrong answer. Pure.
bool can_heal(Reason reason);

// Whether the failure means that something took too long, so that a delay of the prober itself may
// have caused it. Pure.
bool took_too_long(Reason reason);

}  // namespace sonde::schedule
