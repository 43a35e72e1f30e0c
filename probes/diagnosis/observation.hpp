#pragma once
#include "probes/core/probe.hpp"
#include "probes/diagnosis/diagnosis.hpp"

namespace sonde::diagnosis {

// What a failure looks like from here: the verdict, and what the trace holds of the last upgrade
// (of the last exchange of another `scheme`) and of how the session ended. Pure.
Observation observe(const Verdict& verdict, const Trace& trace, std::string_view scheme = "ws");

// The failure in a few words: "HTTP 403", "Close 1008", "tcp_refused"; "accepted" for a pass.
std::string describe(const Observation& observation);

// True if the failure, or what the target said, suggests that a breaker of the target is open: 503,
// Close 1013, or a text that names one. Then nothing is asked that has to be refused. Pure.
bool suspects_breaker(const Observation& observation, std::string_view detail);

}  // namespace sonde::diagnosis
