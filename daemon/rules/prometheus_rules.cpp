#include "daemon/rules/prometheus_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "daemon/rules/prometheus_own.hpp"
#include "daemon/rules/prometheus_path.hpp"
#include "daemon/rules/prometheus_question.hpp"
#include "daemon/rules/prometheus_quorum.hpp"
#include "daemon/rules/prometheus_text.hpp"

namespace sonde::rules {
namespace {

Labels labels_of(const alert::RuleSettings& rule) {
  Labels labels;
  for (const auto& [name, value] : rule.labels) labels.emplace(name, prometheus_literal(value));
  labels["severity"] = name(rule.severity);
  if (prometheus_can_be_held(rule)) labels["sonde_rule"] = rule.name;
  return labels;
}

PrometheusRule alert_of(const alert::RuleSettings& rule, const PrometheusQuestion& question,
                        PrometheusTallies& tallies) {
  const Labels labels = labels_of(rule);
  return {.record = {},
          .alert = rule.name,
          .expr = prometheus_expr(rule, question, labels),
          .hold = rule.hold,
          .keep_firing_for = rule.keep_firing_for,
          .labels = labels,
          .annotations = prometheus_annotations(rule, tallies)};
}

// A rule with its own time limit for missing verdicts; for all others SondeProbeStalled alerts.
PrometheusRule no_data_of(const alert::RuleSettings& rule,
                          std::span<const alert::RuleSettings> alerts) {
  std::string name = rule.name + "NoData";
  while (std::ranges::find(alerts, name, &alert::RuleSettings::name) != alerts.end()) name += "_";
  const std::string run = series("sonde_probe_last_run_timestamp_seconds", matchers(rule.where));
  const std::string age =
      across("min", prometheus_by_check(rule) ? "" : "probe, kind", age_of(run));
  return {.record = {},
          .alert = std::move(name),
          .expr = fmt::format("{} > {}", age, number(seconds(*rule.no_data_after))),
          .labels = labels_of(rule),
          .annotations = {{"summary", "An alert has nothing to judge by."},
                          {"description", rule.name + " knows nothing new of {{ $labels.target }} "
                                                      "for {{ $value | humanizeDuration }}."}}};
}

void append(std::vector<PrometheusRule>& rules, std::vector<PrometheusRule> more) {
  rules.insert(rules.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

}  // namespace

std::string prometheus_rules(std::span<const alert::RuleSettings> alerts,
                             const PrometheusPlace& place) {
  PrometheusTallies tallies;
  PrometheusGroup judged{.name = "sonde.alerts", .rules = {}};
  for (const auto& rule : alerts) {
    const PrometheusQuestion question = prometheus_question(rule, tallies);
    if (!question.beyond.empty())
      judged.rules.push_back(at_locations(kBeyond, rule, question.beyond));
    if (!question.failing.empty())
      judged.rules.push_back(at_locations(kFailing, rule, question.failing));
    judged.rules.push_back(alert_of(rule, question, tallies));
    if (rule.no_data_after) judged.rules.push_back(no_data_of(rule, alerts));
  }
  append(judged.rules, prometheus_owned(alerts, tallies));
  append(judged.rules, prometheus_held(alerts, tallies));

  PrometheusGroup counted{.name = "sonde.rules", .rules = {prometheus_known(place.job)}};
  append(counted.rules, prometheus_voters());
  append(counted.rules, tallies.rules());
  const std::array groups{std::move(counted), std::move(judged),
                          prometheus_own(place.job, place.runbooks)};
  return "# Made by `sonde rules` from the alerts of a configuration file: change them there.\n" +
         to_yaml(groups);
}

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

std::string prometheus_expr(const alert::RuleSettings& rule, const PrometheusQuestion& question,
                            const Labels& own) {
  const std::string held = firing(rule, own);
  const std::string known =
      fmt::format("{}\nunless {}\nand on ({}) {}", held, block(question.clears),
                  prometheus_by_check(rule) ? "probe, kind, target" : "target", kKnown);
  const std::string value = any({question.value, "NaN * " + held});
  const std::string state = any({block(question.fires), block(known)});
  return block(value) + "\nand\n" + block(state);
}

PrometheusRule prometheus_known(std::string_view job) {
  const std::string configured = "sonde_probe_interval_seconds";
  const std::string up = series("up", {equals("job", job)});
  const std::string unreached =
      across("group", "",
             fmt::format("last_over_time({}) unless {} {} == 1",
                         range(configured, {}, std::chrono::hours(1)), kOnDaemon, up));
  const std::string before = fmt::format("({} unless on () (max({}) == 1))", kKnown, up);
  return {.record = std::string(kKnown),
          .expr = any({across("group", "", configured), unreached, before})};
}

}  // namespace sonde::rules
