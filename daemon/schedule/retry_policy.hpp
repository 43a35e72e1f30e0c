#pragma once
#include "probes/core/reason.hpp"

namespace sonde::schedule {

// Whether another attempt right afterwards may end otherwise: the network's and the server's
// passing faults, but not a wrong password or a wrong answer. Pure.
bool can_heal(Reason reason);

// Whether the failure says that something took too long, so that a prober that was itself late
// may have caused it. Pure.
bool took_too_long(Reason reason);

}  // namespace sonde::schedule
