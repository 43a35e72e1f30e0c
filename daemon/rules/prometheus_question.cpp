#include "daemon/rules/prometheus_question.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/rule_subject.hpp"
#include "daemon/metrics/histogram.hpp"
#include "daemon/rules/prometheus_quorum.hpp"
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

std::string_view prometheus_beyond(const alert::RuleSettings& rule) {
  return is_rate(rule.of) || rule.of == alert::AlertOf::burn_rate ? kBeyond : kFailing;
}

Span prometheus_window(const alert::RuleSettings& rule) {
  if (rule.of == alert::AlertOf::burn_rate) return std::chrono::hours(1);
  if (rule.over.empty()) return std::chrono::minutes(10);
  return *std::ranges::max_element(rule.over);
}

namespace {

// A daemon that has not run for the length of the window has counted all of it within the window;
// increase() misses counts from before the first scrape.
std::string recent(const std::string& counter, const Matchers& of, Span window) {
  return fmt::format(
      "\n  increase({}) > 0\n  or\n"
      "  ({} > 0 and {} time() - process_start_time_seconds < {})\n",
      range(counter, of, window), series(counter, of), kOnDaemon, number(seconds(window)));
}

std::vector<std::string> names(const std::vector<Reason>& reasons) {
  std::vector<std::string> all;
  all.reserve(reasons.size());
  for (const Reason reason : reasons) all.emplace_back(name(reason));
  return all;
}

}  // namespace

// All daemons of a location have to observe it, and one that does not proves that it is over there.
// The count restarts with the daemon, so only a passed run proves a recovery.
PrometheusQuestion ask_consecutive(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Matchers of = matchers(rule.where);
  const std::string judged = lately("sonde_probe_success", of);
  std::string row = by_location(
      "min", "",
      of_voters(fmt::format("{} and {} {}", lately("sonde_probe_consecutive_failures", of),
                            kOnProbe, judged)));
  std::string passed = by_location("max", "", of_voters(judged));
  if (!prometheus_by_check(rule)) {
    row = fmt::format("max without (probe, kind) ({})", row);
    passed = fmt::format("min without (probe, kind) ({})", passed);
  }
  return {
      .value = there([&row](std::string_view at) { return over_locations("min", within(row, at)); },
                     of_rule(kFailing, rule)),
      .fires = most(of_rule(kFailing, rule), row),
      .clears = half(passed + " == 1", passed),
      .beyond = {},
      .failing = fmt::format("{} > {}", row, *rule.above->count)};
}

namespace {

// What a rule counts at each location; without locations that have no vote if `voting`.
struct Met {
  std::string failed, passed, runs;
};

Met met(const alert::RuleSettings& rule, bool voting) {
  const Span window = *std::ranges::min_element(rule.over);
  const Matchers of = matchers(rule.where);
  const auto reasons = names(rule.reasons);
  // A run counts once, whether its reason or its concluded cause is one of these.
  const std::string failures =
      recent("sonde_probe_failures_total", both(of, {one_of("reason", reasons)}), window);
  const std::string concluded =
      recent("sonde_probe_conclusions_total",
             both(of, {one_of("concluded", reasons), none_of("reason", reasons)}), window);
  const auto of_target = [&](std::string_view aggregate, const std::string& expr) {
    const std::string counted = voting ? at_voters(expr) : expr;
    if (prometheus_by_check(rule)) return voting ? fmt::format("({})", counted) : counted;
    return fmt::format("{} without (probe, kind) ({})", aggregate, counted);
  };
  const std::string failed =
      by_location("max", "",
                  fmt::format("sum without (step, reason, concluded) ({})",
                              outside_maintenance(any({failures, concluded}), window)));
  const std::string runs = by_location(
      "max", "",
      fmt::format("increase({})", range("sonde_probe_runs_total", of, prometheus_window(rule))));
  return {.failed = of_target("sum", failed),
          .passed = of_target("min", by_location("min", "", lately("sonde_probe_success", of))),
          .runs = of_target("sum", runs)};
}

}  // namespace

// Too often in every window means too often in the shortest. It ends when the newest run of each
// probe has passed, and there was one: a run that failed at another step says nothing about it.
// What must never happen is counted over all locations, and one of them suffices.
PrometheusQuestion ask_reason(const alert::RuleSettings& rule, PrometheusTallies&) {
  const bool one_suffices = alert::always_pages(rule);
  const auto [failed, passed, runs] = met(rule, !one_suffices);
  const auto bound = *rule.above->count;
  if (one_suffices) {
    const std::string count = fmt::format("round({})", total(failed));
    const std::string fires = fmt::format("{} > {}", count, bound);
    return {.value = count,
            .fires = fires,
            .clears = fmt::format("{} == 1\nand {} > 0\nunless {}", over_locations("min", passed),
                                  total(runs), fires)};
  }
  const std::string beyond = fmt::format("round({}) > {}", failed, bound);
  const std::string well =
      fmt::format("{} == 1\nand {} > 0\nunless {}", passed, runs, block(beyond));
  const std::string counted = runs + " > 0";
  return {.value =
              there([&](std::string_view at) { return total(within("round(" + failed + ")", at)); },
                    of_rule(kFailing, rule)),
          .fires = most(of_rule(kFailing, rule), counted),
          .clears = half(well, counted),
          .beyond = {},
          .failing = beyond};
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
  const std::string row = by_location("max", "probe, kind",
                                      of_voters(lately("sonde_probe_consecutive_failures", path)));
  const auto passes = [](const Matchers& of) {
    return by_location("min", "probe, kind", of_voters(lately("sonde_probe_success", of)));
  };
  const std::string failing =
      all({fmt::format("{} > {}", row, *rule.above->count), passes(health) + " == 1"});
  const std::string over = any({passes(path) + " == 1", passes(health) + " == 0"});
  return {
      .value = there([&row](std::string_view at) { return over_locations("max", within(row, at)); },
                     of_rule(kFailing, rule)),
      .fires = most(of_rule(kFailing, rule), all({row, passes(health)})),
      .clears = half(over, any({passes(path), passes(health)})),
      .beyond = {},
      .failing = failing};
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
  return by_location("max", "",
                     fmt::format("increase({})", range(name, matchers(rule.where), window)));
}

// For each probe and location: whether there are enough samples in a window; and where its quantile
// compares this way, with enough samples.
std::string sufficient(const alert::RuleSettings& rule, Span window) {
  return at_voters(
      fmt::format("round({}) >= {}", increase(rule, "_count", window), rule.min_samples));
}
std::string compared(const alert::RuleSettings& rule, Span window, std::string_view op,
                     double bound) {
  return fmt::format("histogram_quantile({}, {}) {} {}\nand {}", rule.quantile,
                     increase(rule, "_bucket", window), op, number(bound),
                     sufficient(rule, window));
}

// The worst probe represents its target.
std::string worst(const alert::RuleSettings& rule, const std::string& expr) {
  return prometheus_by_check(rule) ? expr : "max without (probe, kind) " + block(expr);
}

}  // namespace

// A quantile is interpolated between the bounds of a bucket; a limit at a bound is exact. Each
// location needs enough samples of its own, because quantiles of several cannot be joined.
PrometheusQuestion ask_latency(const alert::RuleSettings& rule, PrometheusTallies&) {
  const double bound = seconds(*rule.above->span);
  const double clear = seconds(*rule.clear_below.value_or(*rule.above).span);
  std::vector<std::string> exceeded, slow, fast, enough;
  for (const Span window : rule.over) {
    exceeded.push_back(compared(rule, window, ">", bound));
    slow.push_back(compared(rule, window, ">", clear));
    fast.push_back(compared(rule, window, "<=", clear));
    enough.push_back(sufficient(rule, window));
  }
  std::string recovered = worst(rule, any(fast));
  if (!prometheus_by_check(rule)) recovered += "\nunless " + worst(rule, all(slow));
  const std::string value = worst(rule, fmt::format("histogram_quantile({}, {})", rule.quantile,
                                                    increase(rule, "_bucket", rule.over.front())));
  return {
      .value = there([&](std::string_view at) { return over_locations("max", within(value, at)); },
                     of_rule(kFailing, rule)),
      .fires = most(of_rule(kFailing, rule), worst(rule, all(enough))),
      .clears = half(recovered, worst(rule, any(enough))),
      .beyond = {},
      .failing = worst(rule, all(exceeded))};
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

// One location suffices: what it was shown is no matter of its network.
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
