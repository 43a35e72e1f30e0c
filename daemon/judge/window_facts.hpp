#pragma once
#include <vector>

#include "daemon/view.hpp"

namespace sonde {

// The windows of all rates of all checks as metrics show them: 5m, 10m, 30m, 1h, 6h and 30d;
// those that are empty are left out.
std::vector<WindowFacts> window_facts(const View& view, WallSeconds now);

}  // namespace sonde
