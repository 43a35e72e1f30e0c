#include "daemon/judge/window_facts.hpp"

#include <utility>

#include "daemon/judge/window.hpp"

namespace sonde::judge {

std::span<const config::Named<ReportedWindow>> names_of(const ReportedWindow*) {
  using enum ReportedWindow;
  static constexpr config::Named<ReportedWindow> names[] = {
      {"5m", m5}, {"10m", m10}, {"30m", m30}, {"1h", h1}, {"6h", h6}, {"24h", h24}, {"30d", d30}};
  return names;
}

const std::set<std::chrono::seconds>& ShownWindows::of(RateOf rate) const {
  switch (rate) {
    case RateOf::success:
      return success;
    case RateOf::auth:
      return auth;
    case RateOf::delivery:
      return delivery;
  }
  std::unreachable();
}

std::set<std::chrono::seconds>& ShownWindows::of(RateOf rate) {
  return const_cast<std::set<std::chrono::seconds>&>(std::as_const(*this).of(rate));
}

std::vector<WindowFacts> window_facts(const View& view, const ShownWindows& shown,
                                      WallSeconds now) {
  std::vector<WindowFacts> facts;
  for (const auto& check : view.checks())
    for (const Rate& rate : view.rates(*check))
      for (const WindowName& window : kWindows) {
        if (!shown.of(rate.of).contains(window.length)) continue;
        const Tally tally = view.tally(*check, rate, window.length, now);
        if (tally.attempts > 0) facts.push_back({check, rate, window.label, tally});
      }
  return facts;
}

}  // namespace sonde::judge
