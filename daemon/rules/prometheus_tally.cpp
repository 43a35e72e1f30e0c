#include "daemon/rules/prometheus_tally.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/rules/prometheus_quorum.hpp"

namespace sonde::rules {
namespace {

using namespace std::chrono_literals;

// The metrics of a rate: two gauges for a window, and two counters. `good`: the second of each
// counts successes instead of failures.
struct Source {
  alert::AlertOf rate;
  std::string_view level, apart;
  std::string_view window_attempts, window_second;
  std::string_view attempts, second;
  bool good;
};
constexpr Source kSources[] = {
    {alert::AlertOf::auth_success, "location_probe_target_step", "step",
     "sonde_auth_window_attempts", "sonde_auth_window_failures", "sonde_auth_attempts",
     "sonde_auth_failed_attempts", false},
    {alert::AlertOf::event_delivery, "location_probe_target_event", "event",
     "sonde_events_window_expected", "sonde_events_window_delivered", "sonde_events_expected",
     "sonde_events_delivered", true},
    {alert::AlertOf::probe_success, "location_probe_target", "", "sonde_probe_window_runs",
     "sonde_probe_window_failures", "sonde_probe_runs", "sonde_probe_failed_runs", false},
};

struct Gauge {
  Span length;
  std::string_view label;
};
constexpr Gauge kGauges[] = {{5min, "5m"}, {10min, "10m"}, {30min, "30m"},
                             {1h, "1h"},   {6h, "6h"},     {720h, "30d"}};

const Source& source_of(alert::AlertOf rate) {
  return *std::ranges::find(kSources, rate, &Source::rate);
}

std::string_view gauge_of(Span window) {
  const auto* const found = std::ranges::find(kGauges, window, &Gauge::length);
  return found == std::end(kGauges) ? std::string_view() : found->label;
}

std::string gauge(std::string_view name, std::string_view window) {
  return lately(name, {equals("window", window)});
}
std::string grown(std::string_view name, Span window) {
  return fmt::format("increase({})", range(fmt::format("{}_total", name), {}, window));
}

// An integer, like the counts; increase() extrapolates beyond the outer samples.
std::string whole(std::string_view expr, Span window) {
  return fmt::format("round({})", by_location("max", "", outside_maintenance(expr, window)));
}

// `sonde_events_lost` of `sonde_events_delivered`: what is counted by the difference.
std::string lost(std::string_view delivered) {
  return std::string(delivered.substr(0, delivered.rfind('_'))) + "_lost";
}

}  // namespace

bool is_rate(alert::AlertOf of) {
  return std::ranges::find(kSources, of, &Source::rate) != std::end(kSources);
}

std::string_view apart_by(alert::AlertOf rate) { return source_of(rate).apart; }

std::string PrometheusTallies::record(std::string name, std::string expr) {
  rules_.emplace(name, std::move(expr));
  return name;
}

PrometheusTallies::Names PrometheusTallies::recorded(alert::AlertOf rate, Span window) {
  const Source& from = source_of(rate);
  const std::string_view label = gauge_of(window);
  const std::string how =
      label.empty() ? "increase" + prometheus_duration(window) : fmt::format("max{}", label);
  const std::string_view first = label.empty() ? from.attempts : from.window_attempts;
  const std::string_view second = label.empty() ? from.second : from.window_second;
  const auto counter = [&](std::string_view metric) {
    return label.empty() ? grown(metric, window) : gauge(metric, label);
  };
  const auto count = [&](const std::string& counter) {
    return label.empty() ? at_voters(whole(counter, window))
                         : by_location("max", "", of_voters(counter));
  };
  const auto keep = [&](std::string_view metric, std::string expr) {
    return record(fmt::format("{}:{}:{}", from.level, metric, how), std::move(expr));
  };
  const std::string all = counter(first), some = counter(second);
  return {.attempts = keep(first, block(count(all)) + " > 0"),
          .failures = from.good ? keep(lost(second), count(fmt::format("({} - {})", all, some)))
                                : keep(second, count(some))};
}

std::string PrometheusTallies::failures_by_reason(Span window) {
  return record("location_probe_target_step_reason:sonde_probe_failures:increase" +
                    prometheus_duration(window),
                whole(grown("sonde_probe_failures", window), window));
}

std::vector<PrometheusRule> PrometheusTallies::rules() const {
  std::vector<PrometheusRule> all;
  all.reserve(rules_.size());
  for (const auto& [name, expr] : rules_) all.push_back({.record = name, .expr = expr});
  return all;
}

}  // namespace sonde::rules
