#include "daemon/metrics/facts_metrics.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;

double attempts(const Tally& tally) { return static_cast<double>(tally.attempts); }
double failures(const Tally& tally) { return static_cast<double>(tally.failures); }
double successes(const Tally& tally) { return attempts(tally) - failures(tally); }
double ratio(const Tally& tally) { return successes(tally) / attempts(tally); }

// What tells the windows of one rate from those of another; success has nothing.
Label of_rate(const Rate& rate) {
  if (rate.of == RateOf::auth) return {"step", name(rate.step)};
  return {"event", rate.event};
}

// One gauge of all windows of one sort of rate.
struct Gauge {
  RateOf of;
  std::string_view name, help;
  double (*value)(const Tally&);
};
constexpr Gauge gauges[] = {
    {RateOf::success, "sonde_probe_window_runs", "Judged probe runs inside the sliding window.",
     attempts},
    {RateOf::success, "sonde_probe_window_failures", "Failed probe runs inside the sliding window.",
     failures},
    {RateOf::auth, "sonde_auth_window_attempts", "Auth attempts inside the sliding window.",
     attempts},
    {RateOf::auth, "sonde_auth_window_failures", "Failed auth attempts inside the sliding window.",
     failures},
    {RateOf::auth, "sonde_auth_success_ratio",
     "Share of auth attempts in the sliding window that succeeded, absent while it is empty.",
     ratio},
    {RateOf::delivery, "sonde_events_window_expected",
     "Events asked of chat runs inside the sliding window.", attempts},
    {RateOf::delivery, "sonde_events_window_delivered",
     "Expected events that were received inside the sliding window.", successes},
    {RateOf::delivery, "sonde_event_delivery_ratio",
     "Share of expected events in the sliding window that were received, absent while it is empty.",
     ratio}};

void write(Page& page, const Gauge& shown, const WindowFacts& facts) {
  const Check& check = *facts.check;
  const Label probe{"probe", check.name}, kind{"kind", check.kind}, target{"target", check.target};
  const Label window{"window", facts.window};
  const double value = shown.value(facts.tally);
  if (facts.rate.of == RateOf::success)
    page.value({probe, kind, target, window}, value);
  else
    page.value({probe, kind, target, of_rate(facts.rate), window}, value);
}

}  // namespace

void write_window_families(Page& page, const std::vector<WindowFacts>& windows) {
  for (const Gauge& shown : gauges) {
    page.family(shown.name, shown.help, gauge);
    for (const WindowFacts& facts : windows)
      if (facts.rate.of == shown.of && facts.tally.attempts > 0) write(page, shown, facts);
  }
}

}  // namespace sonde::metrics
