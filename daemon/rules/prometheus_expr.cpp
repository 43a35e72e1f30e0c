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
  return fmt::format("max without ({}) ({})", labels,
                     rules::series("ALERTS", {rules::equals("alertname", rule.name),
                                              rules::equals("alertstate", "firing")}));
}

}  // namespace

std::string prometheus_expr(const alert::RuleSettings& rule, const Labels& own,
                            PrometheusTallies& tallies) {
  const auto question = prometheus_question(rule, tallies);
  const std::string held = firing(rule, own);
  const std::string known =
      fmt::format("{}\nunless {}\nand on ({}) {}", held, rules::block(question.clears),
                  prometheus_by_check(rule) ? "probe, kind, target" : "target", kKnown);
  const std::string value = rules::any({question.value, "NaN * " + held});
  const std::string state = rules::any({rules::block(question.fires), rules::block(known)});
  return rules::block(value) + "\nand\n" + rules::block(state);
}

PrometheusRule prometheus_known(std::string_view job) {
  // While a daemon cannot be reached, its configured probes are known from earlier.
  const std::string now = rules::across("group", "", "sonde_probe_interval_seconds");
  const std::string before = fmt::format("({} unless on () (min({}) == 1))", kKnown,
                                         rules::series("up", {rules::equals("job", job)}));
  return {.record = std::string(kKnown), .expr = rules::any({now, before})};
}

}  // namespace sonde::rules
