#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/page/facts.hpp"
#include "daemon/page/headline.hpp"

namespace sonde::page {

// The page at /. `facts` holds the targets that the filter left; the headline is about all of them.
std::string overview_page(const OverviewFacts& facts, const Headline& headline,
                          std::string_view filter);

// The boxes of a target's path as a list with links; the public view has no links.
std::string path_boxes(const TargetFacts& target, bool linked);

// Firing alerts with their texts; empty if there is none. `linked`: with the way to the page of the
// probe that each is about.
std::string alert_list(std::span<const AlertFacts> alerts, std::string_view label, WallTime now,
                       bool linked);

}  // namespace sonde::page
