#pragma once
#include <vector>

#include "daemon/core/view.hpp"

namespace sonde::judge {

// All kWindows of all rates of all checks, for metrics; empty ones are left out. A chat with five
// events has 161 series; a thousand such chats take 10 ms.
std::vector<WindowFacts> window_facts(const View& view, WallSeconds now);

}  // namespace sonde::judge
