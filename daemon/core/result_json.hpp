#pragma once
#include <string>

#include "daemon/core/result.hpp"

namespace sonde {

// A Result as one JSON object on one line, with its line end. Always there: probe, kind, target,
// verdict, step, reason ("" where nothing failed), detail, started (RFC 3339, UTC), seconds,
// attempt, phases [{name, seconds, step, at}], events [{name, state, seconds}] (seconds from the
// completed send; 0 for a missing one), peer, tls, exchanges, frames, ending. There when the run
// came so far: reachable, delivered, substantive, skew_seconds. `at` is in seconds from the start
// of the run. Times are finite numbers.
std::string as_json(const Result& result);

}  // namespace sonde
