#pragma once
#include "probes/core/probe.hpp"
#include "probes/diagnosis/diagnosis.hpp"

namespace sonde::diagnosis {

// The failure as seen by the client: the verdict, and from the trace the last upgrade (the last
// exchange of another `scheme`) and how the session ended. Pure.
Observation observe(const Verdict& verdict, const Trace& trace, std::string_view scheme = "ws");

// The failure in a few words: "HTTP 403", "Close 1008", "tcp_refused"; "accepted" for a pass.
std::string describe(const Observation& observation);

// Whether the failure, or the target's answer, suggests an open circuit breaker: 503, Close 1013,
// or a text that names one. Then no request is made that has to be refused. Pure.
bool suspects_breaker(const Observation& observation, std::string_view detail);

}  // namespace sonde::diagnosis
