#pragma once
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::judge {

// All kWindows of all rates of all checks, as metrics show them; empty ones are left out. A chat
// with five events comes to 161 series, and a thousand of them to 10 ms.
std::vector<WindowFacts> window_facts(const View& view, WallSeconds now);

}  // namespace sonde::judge
