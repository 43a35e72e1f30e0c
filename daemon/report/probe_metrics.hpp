#pragma once
#include <string>

#include "daemon/core/result.hpp"

namespace sonde::report {

// A Result in the text format of Prometheus (0.0.4), under the names that blackbox_exporter gives
// to what it measures, so that its dashboards and alerts work: probe_success,
// probe_duration_seconds, probe_http_duration_seconds{phase=}, ... And what is ours: the step and
// the reason of a failure, and the duration of each phase.
std::string probe_metrics(const Result& result);

}  // namespace sonde::report
