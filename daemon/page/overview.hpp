#pragma once
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

// One firing alert with its text.
std::string alert_item(const AlertFacts& alert, WallTime now);

}  // namespace sonde::page
