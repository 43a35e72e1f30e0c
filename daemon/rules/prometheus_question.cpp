#include "daemon/rules/prometheus_question.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/rule_subject.hpp"
#include "daemon/metrics/histogram.hpp"
#include "daemon/rules/prometheus_rules.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::rules {
namespace {

struct QuestionRow {
  alert::AlertOf of;
  PrometheusQuestion (*ask)(const alert::RuleSettings&, PrometheusTallies&);
};
constexpr QuestionRow question_rows[] = {
    {alert::AlertOf::auth_success, ask_rate},
    {alert::AlertOf::event_delivery, ask_rate},
    {alert::AlertOf::probe_success, ask_rate},
    {alert::AlertOf::burn_rate, ask_burn},
    {alert::AlertOf::latency, ask_latency},
    {alert::AlertOf::certificate_expiry, ask_certificate},
    {alert::AlertOf::consecutive_failures, ask_consecutive},
    {alert::AlertOf::reason, ask_reason},
    {alert::AlertOf::false_green, ask_false_green},
};

}  // namespace

PrometheusQuestion prometheus_question(const alert::RuleSettings& rule,
                                       PrometheusTallies& tallies) {
  return std::ranges::find(question_rows, rule.of, &QuestionRow::of)->ask(rule, tallies);
}

std::string_view prometheus_apart(const alert::RuleSettings& rule) {
  if (is_rate(rule.of)) return apart_by(rule.of);
  if (rule.of == alert::AlertOf::burn_rate) return apart_by(rule.rate);
  return rule.of == alert::AlertOf::certificate_expiry ? "host_port" : "";
}

bool prometheus_by_check(const alert::RuleSettings& rule) {
  return rule.by == alert::InstanceBy::check && rule.of != alert::AlertOf::false_green &&
         rule.of != alert::AlertOf::certificate_expiry;
}

std::string over_instances(const alert::RuleSettings& rule, std::string_view aggregate,
                           std::string_view expr) {
  return across(aggregate, prometheus_by_check(rule) ? "" : "probe, kind", expr);
}

Span prometheus_window(const alert::RuleSettings& rule) {
  if (rule.of == alert::AlertOf::burn_rate) return std::chrono::hours(1);
  if (rule.over.empty()) return std::chrono::minutes(10);
  return *std::ranges::max_element(rule.over);
}

namespace {

struct Counted {
  std::string attempts, failures;
};

// `more`: matchers in addition to the rule's own.
Counted count(const alert::RuleSettings& rule, alert::AlertOf rate, Span window,
              PrometheusTallies& tallies, const Matchers& more = {}) {
  Matchers matchers = both(rules::matchers(rule.where), more);
  if (!rule.event.empty()) matchers.push_back(equals("event", rule.event));
  const auto of_rule = [&](const std::string& recorded) {
    const std::string one = series(recorded, matchers);
    return prometheus_by_check(rule) ? one : fmt::format("sum without (probe, kind) ({})", one);
  };
  const auto names = tallies.recorded(rate, window);
  return {.attempts = of_rule(names.attempts), .failures = of_rule(names.failures)};
}

// "Below 90 %" means "more than 10 % failed".
std::string beyond(const Counted& counted, std::string_view op, Millionths succeeded) {
  return against(counted.failures, op, {kWhole - succeeded, kWhole}, counted.attempts);
}

std::string enough(const alert::RuleSettings& rule, const Counted& counted) {
  return fmt::format("{} >= {}", counted.attempts, std::max(rule.min_samples, 1));
}

// Recovered in one of the windows.
std::string well(const alert::RuleSettings& rule, PrometheusTallies& tallies,
                 const Matchers& more = {}) {
  const Millionths clear = alert::millionths(*rule.clear_above.value_or(*rule.below).share);
  std::vector<std::string> parts;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies, more);
    parts.push_back(all({beyond(counted, "<=", clear), enough(rule, counted)}));
  }
  return any(parts);
}

// A cached token causes no login, and successful upgrades with it prove that the login worked.
std::string well_by_upgrade(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  std::vector<std::string> logins;
  logins.reserve(rule.over.size());
  for (const Span window : rule.over)
    logins.push_back(
        enough(rule, count(rule, rule.of, window, tallies, {equals("step", "login")})));
  const std::string upgrades = well(rule, tallies, {equals("step", "upgrade")});
  return fmt::format("label_replace({}, \"step\", \"login\", \"\", \"\")\nunless {}",
                     block(upgrades), block(any(logins)));
}

}  // namespace

PrometheusQuestion ask_rate(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths bound = alert::millionths(*rule.below->share);
  std::vector<std::string> fires;
  std::string value;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies);
    if (value.empty()) value = fmt::format("1 - {} / {}", counted.failures, counted.attempts);
    fires.push_back(beyond(counted, ">", bound));
    fires.push_back(enough(rule, counted));
    if (rule.min_failures > 0)
      fires.push_back(fmt::format("{} >= {}", counted.failures, rule.min_failures));
  }
  std::string clears = well(rule, tallies);
  if (rule.of == alert::AlertOf::auth_success)
    clears = any({clears, block(well_by_upgrade(rule, tallies))});
  return {.value = value, .fires = all(fires), .clears = clears};
}

PrometheusQuestion ask_burn(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths allowed = kWhole - alert::millionths(rule.objective);
  std::vector<std::string> burning, counted;
  std::string value;
  for (const BurnPair& pair : kBurnPairs) {
    if ((pair.urgency == Urgency::page) != (rule.burn == alert::Burn::page)) continue;
    const auto lengthy = count(rule, rule.rate, pair.lengthy.length, tallies);
    const auto brief = count(rule, rule.rate, pair.brief.length, tallies);
    const Share share{std::uint64_t{pair.tenths} * allowed, std::uint64_t{kWhole} * 10};
    burning.push_back(
        block(all({against(lengthy.failures, ">", share, lengthy.attempts),
                   against(brief.failures, ">", share, brief.attempts),
                   fmt::format("{} >= {}", lengthy.failures, std::max(rule.min_failures, 1))})));
    counted.push_back(fmt::format("{} > 0", brief.attempts));
    if (value.empty())
      value = fmt::format("{} / {} / {}", lengthy.failures, lengthy.attempts,
                          number(static_cast<double>(allowed) / kWhole));
  }
  const std::string fires = any(burning);
  return {.value = value, .fires = fires, .clears = all(counted) + "\nunless " + block(fires)};
}

namespace {

// A daemon that has not run for the length of the window has counted all of it within the window;
// increase() misses counts from before the first scrape.
std::string recent(const std::string& counter, const Matchers& of, Span window) {
  return fmt::format(
      "\n  increase({}) > 0\n  or\n"
      "  ({} > 0 and on (job, instance) time() - process_start_time_seconds < {})\n",
      range(counter, of, window), series(counter, of), number(seconds(window)));
}

std::vector<std::string> names(const std::vector<Reason>& reasons) {
  std::vector<std::string> all;
  all.reserve(reasons.size());
  for (const Reason reason : reasons) all.emplace_back(name(reason));
  return all;
}

}  // namespace

// With several daemons, all have to observe it, and one that does not proves that it is over. The
// count restarts with the daemon, so only a passed run proves a recovery.
PrometheusQuestion ask_consecutive(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Matchers of = matchers(rule.where);
  std::string row = across("min", "", series("sonde_probe_consecutive_failures", of));
  std::string passed = across("max", "", series("sonde_probe_success", of));
  if (!prometheus_by_check(rule)) {
    row = fmt::format("max without (probe, kind) ({})", row);
    passed = fmt::format("min without (probe, kind) ({})", passed);
  }
  return {.value = row,
          .fires = fmt::format("{} > {}", row, *rule.above->count),
          .clears = passed + " == 1"};
}

// Too often in every window means too often in the shortest. It ends when the newest run of each
// probe has passed, and there was one: a run that failed at another step says nothing about it.
PrometheusQuestion ask_reason(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Span window = *std::ranges::min_element(rule.over);
  const Matchers of = matchers(rule.where);
  const auto reasons = names(rule.reasons);
  // A run counts once, whether its reason or its concluded cause is one of these.
  const std::string failures =
      recent("sonde_probe_failures_total", both(of, {one_of("reason", reasons)}), window);
  const std::string concluded =
      recent("sonde_probe_conclusions_total",
             both(of, {one_of("concluded", reasons), none_of("reason", reasons)}), window);
  const std::string failed =
      across("sum",
             prometheus_by_check(rule) ? "step, reason, concluded"
                                       : "step, reason, concluded, probe, kind",
             outside_maintenance(any({failures, concluded}), window));
  const std::string fires = fmt::format("round({}) > {}", failed, *rule.above->count);
  const std::string passed = over_instances(rule, "min", series("sonde_probe_success", of));
  const std::string runs = over_instances(
      rule, "sum",
      fmt::format("increase({})", range("sonde_probe_runs_total", of, prometheus_window(rule))));
  return {.value = fmt::format("round({})", failed),
          .fires = fires,
          .clears = fmt::format("{} == 1\nand {} > 0\nunless {}", passed, runs, fires)};
}

std::vector<std::string> path_kinds() {
  std::vector<std::string> names;
  for (const plan::Kind& kind : plan::kinds())
    if (alert::is_on_path(kind.steps)) names.emplace_back(kind.name);
  return names;
}

PrometheusQuestion ask_false_green(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Matchers path = both(matchers(rule.where), {one_of("kind", path_kinds())});
  const Matchers health = both(matchers({.probe = {}, .kind = {}, .target = rule.where.target}),
                               {equals("kind", "health")});
  const std::string row =
      over_instances(rule, "max", series("sonde_probe_consecutive_failures", path));
  const auto passes = [&rule](const Matchers& of) {
    return over_instances(rule, "min", series("sonde_probe_success", of));
  };
  return {.value = row,
          .fires = all({fmt::format("{} > {}", row, *rule.above->count), passes(health) + " == 1"}),
          .clears = any({passes(path) + " == 1", passes(health) + " == 0"})};
}

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
  return across("sum", "", fmt::format("increase({})", range(name, matchers(rule.where), window)));
}

// For each probe: where its quantile in a window compares this way, with enough samples.
std::string compared(const alert::RuleSettings& rule, Span window, std::string_view op,
                     double bound) {
  return fmt::format("histogram_quantile({}, {}) {} {}\nand round({}) >= {}", rule.quantile,
                     increase(rule, "_bucket", window), op, number(bound),
                     increase(rule, "_count", window), rule.min_samples);
}

// The worst probe represents its target.
std::string worst(const alert::RuleSettings& rule, const std::string& expr) {
  return prometheus_by_check(rule) ? expr : "max without (probe, kind) " + block(expr);
}

}  // namespace

// A quantile is interpolated between the bounds of a bucket; a limit at a bound is exact.
PrometheusQuestion ask_latency(const alert::RuleSettings& rule, PrometheusTallies&) {
  const double bound = seconds(*rule.above->span);
  const double clear = seconds(*rule.clear_below.value_or(*rule.above).span);
  std::vector<std::string> fires, slow, fast;
  for (const Span window : rule.over) {
    fires.push_back(compared(rule, window, ">", bound));
    slow.push_back(compared(rule, window, ">", clear));
    fast.push_back(compared(rule, window, "<=", clear));
  }
  std::string clears = worst(rule, any(fast));
  if (!prometheus_by_check(rule)) clears += "\nunless " + worst(rule, all(slow));
  const std::string value = fmt::format("histogram_quantile({}, {})", rule.quantile,
                                        increase(rule, "_bucket", rule.over.front()));
  return {.value = worst(rule, value), .fires = worst(rule, all(fires)), .clears = clears};
}

// For Prometheus a quantile beyond the last bound of a histogram equals that bound.
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

// A certificate that was seen recently, but not by any probe of the target that has run since, is
// not the target's any more.
PrometheusQuestion ask_certificate(const alert::RuleSettings& rule, PrometheusTallies&) {
  const double bound = seconds(*rule.below->span);
  const double clear = seconds(*rule.clear_above.value_or(*rule.below).span);
  const Matchers of = matchers(rule.where);
  const std::string_view name = "sonde_tls_certificate_not_after_timestamp_seconds";
  const std::string seen = over_instances(rule, "min", series(name, of));
  const std::string left = seen + " - time()";
  const std::string once = over_instances(
      rule, "min", fmt::format("last_over_time({})", range(name, of, std::chrono::hours(1))));
  const std::string run = series("sonde_probe_last_run_timestamp_seconds", of);
  const std::string not_run =
      fmt::format("({} unless {})", series("sonde_probe_interval_seconds", of), run);
  const std::string gone = fmt::format("{}\nunless {}\nand on (target) {}\nunless on (target) {}",
                                       once, seen, run, not_run);
  return {.value = left,
          .fires = fmt::format("{} < {}", left, number(bound)),
          .clears = any({fmt::format("{} >= {}", left, number(clear)), block(gone)})};
}

}  // namespace sonde::rules
