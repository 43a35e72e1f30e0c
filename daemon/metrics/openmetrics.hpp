#pragma once
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "daemon/metrics/histogram.hpp"

namespace sonde::metrics {

// The exemplars of each metric of a family, in its order: none, one for a counter, or one for each
// bucket of a histogram.
using FamilyExemplars = std::vector<std::vector<Exemplar>>;

// Appends a family in OpenMetrics 1.0.0, which the library does not write: a counter's family has
// no
// `_total`, and exemplars name a run in the label `run`. The caller ends the page with "# EOF".
void write_openmetrics(std::string& page, const prometheus::MetricFamily& family,
                       const FamilyExemplars& exemplars);

}  // namespace sonde::metrics
