#include "daemon/rules/prometheus_tally.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    {alert::AlertOf::auth_success, "probe_target_step", "step", "sonde_auth_window_attempts",
     "sonde_auth_window_failures", "sonde_auth_attempts", "sonde_auth_failed_attempts", false},
    {alert::AlertOf::event_delivery, "probe_target_event", "event", "sonde_events_window_expected",
     "sonde_events_window_delivered", "sonde_events_expected", "sonde_events_delivered", true},
    {alert::AlertOf::probe_success, "probe_target", "", "sonde_probe_window_runs",
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

std::string in_gauge(std::string_view name, std::string_view window) {
  return across("sum", "window", series(name, {equals("window", window)}));
}

// An integer, like the counts; increase() extrapolates beyond the outer samples.
std::string in_counter(std::string_view name, Span window) {
  const std::string counter = fmt::format("{}_total", name);
  const std::string grown = fmt::format("increase({})", range(counter, {}, window));
  return fmt::format("round({})", across("sum", "", outside_maintenance(grown, window)));
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
  const std::string_view gauge = gauge_of(window);
  const std::string how =
      gauge.empty() ? "increase" + prometheus_duration(window) : fmt::format("sum{}", gauge);
  const auto name = [&](std::string_view metric) {
    return fmt::format("{}:{}:{}", from.level, metric, how);
  };
  const std::string_view first = gauge.empty() ? from.attempts : from.window_attempts;
  const std::string_view second = gauge.empty() ? from.second : from.window_second;
  const auto count = [&](std::string_view metric) {
    return gauge.empty() ? in_counter(metric, window) : in_gauge(metric, gauge);
  };
  Names names{.attempts = record(name(first), count(first)),
              .failures = record(name(second), count(second))};
  if (from.good) {
    const std::string lost = name(gauge.empty() ? "sonde_events_lost" : "sonde_events_window_lost");
    names.failures = record(lost, names.attempts + " - " + names.failures);
  }
  return names;
}

std::string PrometheusTallies::failures_by_reason(Span window) {
  return record(
      "probe_target_step_reason:sonde_probe_failures:increase" + prometheus_duration(window),
      in_counter("sonde_probe_failures", window));
}

std::vector<PrometheusRule> PrometheusTallies::rules() const {
  std::vector<PrometheusRule> all;
  all.reserve(rules_.size());
  for (const auto& [name, expr] : rules_) all.push_back({.record = name, .expr = expr});
  return all;
}

}  // namespace sonde::rules
