#include "daemon/rules/prometheus_expr.hpp"

#include <fmt/format.h>

#include "daemon/rules/prometheus_question.hpp"

namespace sonde::rules {
namespace {

constexpr std::string_view kKnown = "probe_target:sonde_probe_known:last";

// The firing alerts of a rule, with only the labels of their instance.
std::string firing(const alert::RuleSettings& rule, const Labels& own) {
  std::string labels = "alertname, alertstate";
  for (const auto& [name, value] : own) labels += ", " + name;
  return fmt::format(
      "max without ({}) ({})", labels,
      series("ALERTS", {equals("alertname", rule.name), equals("alertstate", "firing")}));
}

}  // namespace

std::string prometheus_expr(const alert::RuleSettings& rule, const Labels& own,
                            PrometheusTallies& tallies) {
  const auto question = prometheus_question(rule, tallies);
  const std::string held = firing(rule, own);
  const std::string known =
      fmt::format("{}\nunless {}\nand on ({}) {}", held, block(question.clears),
                  prometheus_by_check(rule) ? "probe, kind, target" : "target", kKnown);
  const std::string value = any({question.value, "NaN * " + held});
  const std::string state = any({block(question.fires), block(known)});
  return block(value) + "\nand\n" + block(state);
}

PrometheusRule prometheus_known(std::string_view job) {
  // While a daemon cannot be reached, its configured probes are known from earlier.
  const std::string now = across("group", "", "sonde_probe_interval_seconds");
  const std::string before =
      fmt::format("({} unless on () (min({}) == 1))", kKnown, series("up", {equals("job", job)}));
  return {.record = std::string(kKnown), .expr = any({now, before})};
}

}  // namespace sonde::rules
