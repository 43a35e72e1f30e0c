#pragma once
#include <string>

#include "daemon/core/result.hpp"

namespace sonde {

// Returns a Result as one JSON object on one line, with the line end. Always present: probe, kind,
// target, verdict, step, reason ("" if nothing failed), detail, started (RFC 3339, UTC), seconds,
// attempt, phases [{name, seconds, step, at}], events [{name, state, seconds}] (seconds after the
// send completed; 0 if missing), peer, tls, exchanges, frames, ending. Present if the run got that
// far: reachable, delivered, substantive, skew_seconds. `at` is in seconds from the start of the
// run. All numbers are finite.
std::string as_json(const Result& result);

}  // namespace sonde
