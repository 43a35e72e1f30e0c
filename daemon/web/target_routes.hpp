#pragma once
#include <vector>

#include "daemon/web/api_reply.hpp"

namespace sonde::web {

// /api/v1/targets: what is watched, worst first by the state of its probes, with what fires there;
// and /api/v1/badge/PROBE.svg, which shows nothing of a target but passing, failing or unknown.
std::vector<Route> target_routes(const ApiHooksPtr& hooks);

}  // namespace sonde::web
