#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace sonde {

// A name for a run that begins at `began`, the same in pages, log, alerts, X-Sonde-Run and the
// trace-id of traceparent: 32 lowercase hex digits. The first 8 are the seconds since 1970, so that
// names are in the order of their time and AWS X-Ray takes them; the others are from the kernel's
// random generator.
std::string make_run_id(std::chrono::system_clock::time_point began);

// A value for the header traceparent (W3C Trace Context, version 00) of the run, sampled, with a
// new random parent-id.
std::string make_traceparent(std::string_view run_id);

// Whether it is 32 lowercase hex digits.
bool is_run_id(std::string_view text);

}  // namespace sonde
