#include "daemon/rules/prometheus_path.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/incident.hpp"
#include "daemon/alert/rule_subject.hpp"
#include "daemon/rules/prometheus_question.hpp"
#include "probes/plan/kinds.hpp"

namespace sonde::rules {
namespace {

using Names = std::vector<std::string>;

// The steps that a kind of probe is made to test, which its alerts own, and the earlier steps,
// whose failures belong to others.
struct Stage {
  std::string_view kind;
  Names owns, before;
};
std::vector<Stage> stages() {
  std::vector<Stage> all;
  for (const plan::Kind& kind : plan::kinds()) {
    Check check;
    check.steps = kind.steps;
    const auto first = alert::place_of(check);
    if (!first) continue;
    Stage stage{kind.name, {}, {}};
    for (const Step step : kind.steps)
      if (const auto place = row(step).place)
        (*place < *first ? stage.before : stage.owns).emplace_back(name(step));
    all.push_back(std::move(stage));
  }
  return all;
}

// Of the kinds that a rule watches. One a target stands where the first of its probes does, which
// is the login unless it says otherwise.
std::vector<Stage> stages_of(const alert::RuleSettings& rule) {
  std::vector<Stage> all = stages();
  const auto& kinds = rule.where.kind;
  std::erase_if(all, [&kinds](const Stage& stage) {
    return !kinds.empty() && std::ranges::find(kinds, stage.kind) == kinds.end();
  });
  if (!prometheus_by_check(rule))
    for (Stage& stage : all) stage.before = all.front().before;
  return all;
}

// The failed runs that count for a rule, as in the daemon: at the steps of its subject.
Matchers counted(const alert::RuleSettings& rule) {
  const alert::AlertOf of = rule.of == alert::AlertOf::burn_rate ? rule.rate : rule.of;
  Names steps, reasons;
  for (const Step step : subject(of).counts) steps.emplace_back(name(step));
  for (const Reason reason : rule.reasons) reasons.emplace_back(name(reason));
  Matchers out = matchers(rule.where);
  if (!steps.empty() && subject(of).counts != subject(alert::AlertOf::probe_success).counts)
    out.push_back(one_of("step", steps));
  if (!reasons.empty()) out.push_back(one_of("reason", reasons));
  return out;
}

std::string failures(const alert::RuleSettings& rule, PrometheusTallies& tallies,
                     const Matchers& more) {
  return series(tallies.failures_by_reason(prometheus_window(rule)), both(counted(rule), more));
}

std::string owned_name(Severity severity) {
  return fmt::format("target_step:sonde_owned:{}", name(severity));
}

// The steps at which the probes of a firing alert fail, of those that the alert owns.
void append_owned(const alert::RuleSettings& rule, PrometheusTallies& tallies, Names& owned) {
  const std::string firing =
      series("ALERTS", {equals("alertname", rule.name), equals("alertstate", "firing")});
  for (const Stage& stage : stages_of(rule)) {
    if (stage.owns.empty()) continue;
    const std::string failed =
        failures(rule, tallies, {equals("kind", stage.kind), one_of("step", stage.owns)});
    owned.push_back(fmt::format("max by (target, step) ({} > 0 and on (probe, kind, target) {})",
                                failed, firing));
  }
}

std::string held_expr(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  Names before;
  for (const Stage& stage : stages_of(rule))
    if (!stage.before.empty())
      before.push_back(
          failures(rule, tallies, {equals("kind", stage.kind), one_of("step", stage.before)}));
  const std::string all = failures(rule, tallies, {});
  const std::string by = fmt::format("sum without (location, step, reason{}) ",
                                     prometheus_by_check(rule) ? "" : ", probe, kind");
  const std::string excused =
      block(any(before)) + "\nand on (target, step) " + owned_name(rule.severity);
  const std::string guilty = all + " > 0\nunless " + block(excused);
  const std::string alerts = series("ALERTS", {equals("alertname", rule.name)});
  return by + "(" + all + ") > 0\nunless " + by + block(guilty) +
         fmt::format("\nand on ({}) {}",
                     prometheus_by_check(rule) ? "probe, kind, target" : "target", alerts);
}

PrometheusRule held_rule(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  return {.record = {},
          .alert = "SondeHeldBack",
          .expr = held_expr(rule, tallies),
          .labels = {{"severity", "none"}, {"sonde_rule", rule.name}},
          .annotations = {
              {"summary", "An alert has the cause of another one."},
              {"description", fmt::format("all that {} sees on {{{{ $labels.target }}}} fails at "
                                          "an earlier step, which another alert is about.",
                                          rule.name)}}};
}

bool on_path(const alert::RuleSettings& rule) {
  return subject(rule.of == alert::AlertOf::burn_rate ? rule.rate : rule.of).part ==
             alert::IncidentRole::path &&
         !alert::always_pages(rule);
}

}  // namespace

bool prometheus_can_be_held(const alert::RuleSettings& rule) {
  if (!on_path(rule)) return false;
  const bool conversation =
      rule.of == alert::AlertOf::event_delivery ||
      (rule.of == alert::AlertOf::burn_rate && rule.rate == alert::AlertOf::event_delivery);
  const auto stages = stages_of(rule);
  return !conversation &&
         std::ranges::any_of(stages, [](const Stage& stage) { return !stage.before.empty(); });
}

std::vector<PrometheusRule> prometheus_owned(std::span<const alert::RuleSettings> rules,
                                             PrometheusTallies& tallies) {
  std::vector<PrometheusRule> all;
  for (const Severity severity : {Severity::critical, Severity::warning, Severity::info}) {
    Names owned;
    for (const auto& rule : rules)
      if (rule.severity >= severity && on_path(rule) && prometheus_by_check(rule))
        append_owned(rule, tallies, owned);
    if (!owned.empty()) all.push_back({.record = owned_name(severity), .expr = any(owned)});
  }
  return all;
}

std::vector<PrometheusRule> prometheus_held(std::span<const alert::RuleSettings> rules,
                                            PrometheusTallies& tallies) {
  std::vector<PrometheusRule> all;
  for (const auto& rule : rules)
    if (prometheus_can_be_held(rule)) all.push_back(held_rule(rule, tallies));
  return all;
}

}  // namespace sonde::rules
