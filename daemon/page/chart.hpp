#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/run_record.hpp"
#include "daemon/core/view.hpp"
#include "daemon/page/facts.hpp"

namespace sonde::page {

// Charts as SVG, drawn here: they need no script, and take their colours from the style sheet.

// One bar for each day, oldest first: green if all passed, amber or red by the share of failures,
// grey without data. Has a text that says how many days are which.
std::string day_strip(std::span<const Tally> days, WallTime now);

// A horizontal bar of a share, for the rows of a list.
std::string share_bar(const Tally& tally);

// [from, to) in which an alert fired, to be shaded.
struct Shade {
  WallTime from, to;
};
// The runs of a time range as a chart of 72 columns: the median of each phase on top of each other,
// the median and the 95th percentile of the whole run as lines, incidents shaded, columns with
// failures marked. Runs that did not end in a verdict are left out. The newest come first.
std::string latency_chart(std::span<const RunRow> runs, std::span<const Shade> shades,
                          WallTime from, WallTime to);

// One mark for each of the newest runs, oldest first, with links.
std::string run_strip(std::span<const RunRow> runs);

// The bar of a waterfall: [at, at + took) of `whole`; `took` 0: a point.
std::string waterfall_bar(Span at, Span took, Span whole, std::string_view css);

}  // namespace sonde::page
