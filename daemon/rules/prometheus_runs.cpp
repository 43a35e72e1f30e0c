#include <fmt/format.h>

#include <algorithm>

#include "daemon/rules/prometheus_question.hpp"

namespace sonde::rules {
namespace {

using rules::Matchers;

// A daemon that has not run for as long as the window has counted all within it; increase() misses
// what it counted before it was scraped first.
std::string recent(const std::string& counter, const Matchers& of, Span window) {
  return fmt::format(
      "\n  increase({}) > 0\n  or\n"
      "  ({} > 0 and on (job, instance) time() - process_start_time_seconds < {})\n",
      rules::range(counter, of, window), rules::series(counter, of),
      rules::number(seconds(window)));
}

std::vector<std::string> names(const std::vector<Reason>& reasons) {
  std::vector<std::string> all;
  all.reserve(reasons.size());
  for (const Reason reason : reasons) all.emplace_back(name(reason));
  return all;
}

}  // namespace

// Of several daemons all have to see it, and one that does not is proof enough that it is over. The
// count begins anew at a restart, so that nothing but a passed run proves anything.
PrometheusQuestion ask_consecutive(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Matchers of = rules::matchers(rule.where);
  std::string row = rules::across("min", "", rules::series("sonde_probe_consecutive_failures", of));
  std::string passed = rules::across("max", "", rules::series("sonde_probe_success", of));
  if (!prometheus_by_check(rule)) {
    row = fmt::format("max without (probe, kind) ({})", row);
    passed = fmt::format("min without (probe, kind) ({})", passed);
  }
  return {.value = row,
          .fires = fmt::format("{} > {}", row, *rule.above->count),
          .clears = passed + " == 1"};
}

// Too often in every window is too often in the shortest. It is over when the newest run of each
// probe passed, and there was one: one that failed elsewhere says nothing of it.
PrometheusQuestion ask_reason(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Span window = *std::ranges::min_element(rule.over);
  const Matchers of = rules::matchers(rule.where);
  const auto reasons = names(rule.reasons);
  // A run counts once, whether its reason or the cause that was concluded is among those.
  const std::string failures = recent("sonde_probe_failures_total",
                                      rules::both(of, {rules::one_of("reason", reasons)}), window);
  const std::string concluded = recent(
      "sonde_probe_conclusions_total",
      rules::both(of, {rules::one_of("concluded", reasons), rules::none_of("reason", reasons)}),
      window);
  const std::string failed =
      rules::across("sum",
                    prometheus_by_check(rule) ? "step, reason, concluded"
                                              : "step, reason, concluded, probe, kind",
                    rules::outside_maintenance(rules::any({failures, concluded}), window));
  const std::string fires = fmt::format("round({}) > {}", failed, *rule.above->count);
  const std::string passed = over_instances(rule, "min", rules::series("sonde_probe_success", of));
  const std::string runs = over_instances(
      rule, "sum",
      fmt::format("increase({})",
                  rules::range("sonde_probe_runs_total", of, prometheus_window(rule))));
  return {.value = fmt::format("round({})", failed),
          .fires = fires,
          .clears = fmt::format("{} == 1\nand {} > 0\nunless {}", passed, runs, fires)};
}

PrometheusQuestion ask_false_green(const alert::RuleSettings& rule, PrometheusTallies&) {
  const Matchers path = rules::both(rules::matchers(rule.where),
                                    {rules::one_of("kind", {"login", "upgrade", "chat"})});
  const Matchers health =
      rules::both(rules::matchers({.probe = {}, .kind = {}, .target = rule.where.target}),
                  {rules::equals("kind", "health")});
  const std::string row =
      over_instances(rule, "max", rules::series("sonde_probe_consecutive_failures", path));
  const auto passes = [&rule](const Matchers& of) {
    return over_instances(rule, "min", rules::series("sonde_probe_success", of));
  };
  return {.value = row,
          .fires = rules::all(
              {fmt::format("{} > {}", row, *rule.above->count), passes(health) + " == 1"}),
          .clears = rules::any({passes(path) + " == 1", passes(health) + " == 0"})};
}

}  // namespace sonde::rules
