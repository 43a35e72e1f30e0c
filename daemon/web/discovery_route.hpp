#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/instance.hpp"
#include "daemon/web/web.hpp"
#include "probes/core/check.hpp"

namespace sonde::web {

// What /sd needs from the daemon; called on the main thread. Without functions it answers 404.
struct DiscoveryHooks {
  std::function<std::span<const std::shared_ptr<const Check>>()> checks;
  std::function<Instance()> instance;
  bool tls = false;  // of the port
};

// What this daemon runs, in the format of Prometheus' HTTP service discovery
// (https://prometheus.io/docs/prometheus/latest/http_sd/): a target for each check, which scrapes
// /probe at `host` as often as the check runs. Its labels: `probe`, `kind`, `target`, and
// `location` and `shard` if there are any.
std::string discovered(std::span<const std::shared_ptr<const Check>> checks,
                       const Instance& instance, std::string_view host, bool tls);

// GET /sd. The host is the one at which the daemon was asked.
Route discovery_route(DiscoveryHooks hooks);

}  // namespace sonde::web
