#include <fmt/format.h>

#include <algorithm>

#include "daemon/metrics/histogram.hpp"
#include "daemon/rules/prometheus_question.hpp"
#include "daemon/rules/prometheus_rules.hpp"

namespace sonde::rules {
namespace {

struct TimedRow {
  Timed timed;
  std::string_view histogram;
};
constexpr TimedRow timed_rows[] = {{Timed::duration, "sonde_probe_duration_seconds"},
                                   {Timed::ready, "sonde_session_ready_seconds"},
                                   {Timed::first_event, "sonde_chat_first_event_seconds"},
                                   {Timed::terminal_event, "sonde_chat_terminal_event_seconds"},
                                   {Timed::longest_silence, "sonde_chat_longest_silence_seconds"}};

std::string increase(const alert::RuleSettings& rule, std::string_view suffix, Span window) {
  const auto& row = *std::ranges::find(timed_rows, rule.measure, &TimedRow::timed);
  const std::string name = fmt::format("{}{}", row.histogram, suffix);
  return rules::across(
      "sum", "",
      fmt::format("increase({})", rules::range(name, rules::matchers(rule.where), window)));
}

// Of each probe: where its quantile in a window compares so, on enough samples.
std::string compared(const alert::RuleSettings& rule, Span window, std::string_view op,
                     double bound) {
  return fmt::format("histogram_quantile({}, {}) {} {}\nand round({}) >= {}", rule.quantile,
                     increase(rule, "_bucket", window), op, rules::number(bound),
                     increase(rule, "_count", window), rule.min_samples);
}

// The worst probe stands for its target.
std::string worst(const alert::RuleSettings& rule, const std::string& expr) {
  return prometheus_by_check(rule) ? expr : "max without (probe, kind) " + rules::block(expr);
}

}  // namespace

// A quantile is guessed between the bounds of a bucket; a limit that is one of them is met exactly.
PrometheusQuestion ask_latency(const alert::RuleSettings& rule, PrometheusTallies&) {
  const double bound = seconds(*rule.above->span);
  const double clear = seconds(*rule.clear_below.value_or(*rule.above).span);
  std::vector<std::string> fires, slow, fast;
  for (const Span window : rule.over) {
    fires.push_back(compared(rule, window, ">", bound));
    slow.push_back(compared(rule, window, ">", clear));
    fast.push_back(compared(rule, window, "<=", clear));
  }
  std::string clears = worst(rule, rules::any(fast));
  if (!prometheus_by_check(rule)) clears += "\nunless " + worst(rule, rules::all(slow));
  const std::string value = fmt::format("histogram_quantile({}, {})", rule.quantile,
                                        increase(rule, "_bucket", rule.over.front()));
  return {.value = worst(rule, value), .fires = worst(rule, rules::all(fires)), .clears = clears};
}

// A quantile beyond the last bound of a histogram is that bound to Prometheus.
std::vector<std::string> prometheus_blind(std::span<const alert::RuleSettings> alerts) {
  const double last = *std::ranges::rbegin(metrics::latency_bounds);
  std::vector<std::string> blind;
  for (const auto& rule : alerts)
    if (rule.of == alert::AlertOf::latency && seconds(*rule.above->span) >= last)
      blind.push_back(fmt::format(
          "alerts.{}.above: never fires in Prometheus, whose latencies end at {} s; use less",
          rule.name, last));
  return blind;
}

// One that was seen lately, and is not seen by any probe of the target that has run since, is none
// of its any more.
PrometheusQuestion ask_certificate(const alert::RuleSettings& rule, PrometheusTallies&) {
  const double bound = seconds(*rule.below->span);
  const double clear = seconds(*rule.clear_above.value_or(*rule.below).span);
  const rules::Matchers of = rules::matchers(rule.where);
  const std::string_view name = "sonde_tls_certificate_not_after_timestamp_seconds";
  const std::string seen = over_instances(rule, "min", rules::series(name, of));
  const std::string left = seen + " - time()";
  const std::string once = over_instances(
      rule, "min",
      fmt::format("last_over_time({})", rules::range(name, of, std::chrono::hours(1))));
  const std::string run = rules::series("sonde_probe_last_run_timestamp_seconds", of);
  const std::string not_run =
      fmt::format("({} unless {})", rules::series("sonde_probe_interval_seconds", of), run);
  const std::string gone = fmt::format("{}\nunless {}\nand on (target) {}\nunless on (target) {}",
                                       once, seen, run, not_run);
  return {.value = left,
          .fires = fmt::format("{} < {}", left, rules::number(bound)),
          .clears = rules::any(
              {fmt::format("{} >= {}", left, rules::number(clear)), rules::block(gone)})};
}

}  // namespace sonde::rules
