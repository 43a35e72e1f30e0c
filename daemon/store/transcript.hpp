#pragma once
#include <string>

#include "daemon/core/result.hpp"

namespace sonde::store {

// The transcript of a run that did not pass, kept so that its cause can be found later.

// Whether a run is stored individually and for long: failed and inconclusive runs.
bool leaves_evidence(const Result& result);

// The Result has a trace of the run.
bool has_trace(const Result& result);

// Its trace has the experiments that separated the causes of the failure.
bool proves_cause(const Result& result);

// The Result and its trace as printed by `sonde run --output=json`, in one line. Redacted, because
// the trace was redacted when it was recorded.
std::string transcript_of(const Result& result);

// The same Result without its trace.
ResultPtr without_trace(const Result& result);

}  // namespace sonde::store
