#pragma once
#include <string>

#include "daemon/core/result.hpp"

namespace sonde::store {

// The flight recorder: what is kept of a run that did not pass, for whoever asks afterwards why.

// Whether it is kept one by one, for long: what failed, and what says nothing of its target.
bool leaves_evidence(const Result& result);

// It was recorded what the run did.
bool has_trace(const Result& result);

// Its trace holds the experiments that separated the causes of the failure.
bool proves_cause(const Result& result);

// The Result and its trace as `sonde run --output=json` prints them, in one line. Redacted: the
// trace was when it was recorded.
std::string transcript_of(const Result& result);

// The same Result, without what it did.
ResultPtr without_trace(const Result& result);

}  // namespace sonde::store
