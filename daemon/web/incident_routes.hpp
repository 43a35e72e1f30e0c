#pragma once
#include <vector>

#include "daemon/web/api_reply.hpp"

namespace sonde::web {

// /api/v1/incidents and /api/v1/incidents/ID: what targets had and have, with each alert of it and
// who was notified of what and when; /feeds/TARGET.atom and /feeds/TARGET.json: the newest
// incidents of a target for readers of feeds (RFC 4287, JSON Feed 1.1).
std::vector<Route> incident_routes(const ApiHooksPtr& hooks);

}  // namespace sonde::web
