#pragma once
#include <memory>

#include "daemon/page/pages.hpp"

namespace sonde::page {

// GET /runs/ID
web::Route run_route(const std::shared_ptr<const PageHooks>& hooks);

}  // namespace sonde::page
