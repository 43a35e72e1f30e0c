#pragma once
#include <functional>
#include <vector>

#include "daemon/metrics/counts.hpp"
#include "daemon/metrics/metrics_page.hpp"

namespace sonde::metrics {

// The labels that identify a check.
inline Label probe_label(const Counts& counts) { return {"probe", counts.check->name}; }
inline Label kind_label(const Counts& counts) { return {"kind", counts.check->kind}; }
inline Label target_label(const Counts& counts) { return {"target", counts.check->target}; }

// Write the families with `probe`, `kind` and `target`, for all checks in their order. `seen`: what
// appeared later is shown as 0 (Scrapers).
using AllCounts = std::vector<const Counts*>;
void write_probe_families(Page& page, const AllCounts& all, Instant seen,
                          const std::function<int(const Check&)>& in_flight);
void write_auth_families(Page& page, const AllCounts& all, Instant seen);
void write_event_families(Page& page, const AllCounts& all, Instant seen);

}  // namespace sonde::metrics
