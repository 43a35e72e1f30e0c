#include "daemon/rules/prometheus_expr.hpp"

#include <fmt/format.h>

#include "daemon/rules/prometheus_question.hpp"

namespace sonde {
namespace {

constexpr std::string_view kKnown = "probe_target:sonde_probe_known:last";

// The alerts of a rule that fire, with the labels of what they are about alone.
std::string firing(const RuleSettings& rule, const Labels& own) {
  std::string labels = "alertname, alertstate";
  for (const auto& [name, value] : own) labels += ", " + name;
  return fmt::format("max without ({}) ({})", labels,
                     promql::series("ALERTS", {promql::equals("alertname", rule.name),
                                               promql::equals("alertstate", "firing")}));
}

}  // namespace

std::string prometheus_expr(const RuleSettings& rule, const Labels& own,
                            PrometheusTallies& tallies) {
  const auto question = prometheus_question(rule, tallies);
  const std::string held = firing(rule, own);
  const std::string known =
      fmt::format("{}\nunless {}\nand on ({}) {}", held, promql::block(question.clears),
                  prometheus_by_check(rule) ? "probe, kind, target" : "target", kKnown);
  const std::string value = promql::any({question.value, "NaN * " + held});
  const std::string state = promql::any({promql::block(question.fires), promql::block(known)});
  return promql::block(value) + "\nand\n" + promql::block(state);
}

PrometheusRule prometheus_known(std::string_view job) {
  // While a daemon is not reached, what it had to probe is known from before.
  const std::string now = promql::across("group", "", "sonde_probe_interval_seconds");
  const std::string before = fmt::format("({} unless on () (min({}) == 1))", kKnown,
                                         promql::series("up", {promql::equals("job", job)}));
  return {.record = std::string(kKnown), .expr = promql::any({now, before})};
}

}  // namespace sonde
