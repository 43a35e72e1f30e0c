#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "config/section.hpp"
#include "daemon/core/view.hpp"

namespace sonde::judge {

// The windows of metrics, in the order of kWindows.
enum class ReportedWindow : std::uint8_t { m5, m10, m30, h1, h6, h24, d30 };
std::span<const config::Named<ReportedWindow>> names_of(const ReportedWindow*);

// Which windows of each kind of rate metrics show: those that something reads, because each costs
// two or three series for every probe, step or event.
struct ShownWindows {
  std::set<std::chrono::seconds> success, auth, delivery;
  std::set<std::chrono::seconds>& of(RateOf rate);
  const std::set<std::chrono::seconds>& of(RateOf rate) const;
};

// The shown windows of all rates of all checks, for metrics; empty ones are left out, and so are
// lengths that kWindows does not name.
std::vector<WindowFacts> window_facts(const View& view, const ShownWindows& shown, WallSeconds now);

}  // namespace sonde::judge
