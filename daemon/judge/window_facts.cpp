#include "daemon/judge/window_facts.hpp"

#include "daemon/judge/window.hpp"

namespace sonde::judge {

std::vector<WindowFacts> window_facts(const View& view, WallSeconds now) {
  std::vector<WindowFacts> facts;
  for (const auto& check : view.checks())
    for (const Rate& rate : view.rates(*check))
      for (const WindowName& window : kWindows) {
        const Tally tally = view.tally(*check, rate, window.length, now);
        if (tally.attempts > 0) facts.push_back({check, rate, window.label, tally});
      }
  return facts;
}

}  // namespace sonde::judge
