#pragma once
#include "daemon/app/persistence.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/core/instance.hpp"
#include "daemon/judge/judge.hpp"
#include "daemon/schedule/pool.hpp"
#include "daemon/web/probe_route.hpp"
#include "daemon/web/run_routes.hpp"

namespace sonde::app {

// What the port's routes about runs need; the components have to outlive the hooks.

// Runs of configured probes on request, whichever shard they belong to.
web::ProbeHooks probe_hooks(const Settings& settings, schedule::Pool& pool);
// Recorded runs; without a store there are none.
web::RunHooks run_hooks(const judge::Judge& judge, Persistence& memory, Elsewhere elsewhere);

// What the file has and other shards run; without shards no function.
Elsewhere elsewhere_of(const Settings& settings, const Shard& shard);

}  // namespace sonde::app
