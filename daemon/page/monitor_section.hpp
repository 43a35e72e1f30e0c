#pragma once
#include <string>

#include "daemon/page/facts.hpp"

namespace sonde::page {

// How the monitor itself is doing, what is under maintenance, and what was deployed.
std::string monitor_section(const OverviewFacts& facts);

// What is wrong with the monitor, in sentences; empty: nothing.
std::vector<std::string> monitor_problems(const OverviewFacts& facts);

}  // namespace sonde::page
