#pragma once
#include <vector>

#include "daemon/web/api_reply.hpp"

namespace sonde::web {

// /api/v1/status/config and /api/v1/status/buildinfo in the format of Prometheus, and
// /api/v1/openapi.json, the description of the API (OpenAPI 3.1).
std::vector<Route> status_routes(const ApiHooksPtr& hooks);

}  // namespace sonde::web
