#pragma once
#include <string_view>

#include "daemon/rules/prometheus_file.hpp"

namespace sonde::rules {

// The alerts about Sonde itself, which are in every rule file. `job`: of the scrape configuration.
// `runbooks`: URL of a folder with a page for each alert; empty: no links.
PrometheusGroup prometheus_own(std::string_view job, std::string_view runbooks);

}  // namespace sonde::rules
