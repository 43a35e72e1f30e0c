#pragma once
#include <memory>

#include "daemon/page/pages.hpp"

namespace sonde::page {

// GET /probes/PROBE/TARGET
web::Route probe_page_route(const std::shared_ptr<const PageHooks>& hooks);

// GET /proof/PROBE/TARGET: leads to the newest recorded failure, of the failures that last if it
// fails now; to the probe's page while none is written.
web::Route proof_route(const std::shared_ptr<const PageHooks>& hooks);

}  // namespace sonde::page
