#pragma once
#include <string_view>

#include "daemon/rules/prometheus_file.hpp"

namespace sonde::rules {

// The alerts about Sonde itself, which every file of rules has. `job`: of the scrape configuration.
// `runbooks`: the address of a folder with a page for each; empty: none is linked.
PrometheusGroup prometheus_own(std::string_view job, std::string_view runbooks);

}  // namespace sonde::rules
