#include "daemon/alert/rule_builtin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/alert/alert_text.hpp"
#include "daemon/alert/condition.hpp"

namespace sonde::alert {
namespace {

Evaluation judge_blind(const Instance&, EvalContext& context, const PriorState&) {
  Evaluation finding;
  if (const auto down = context.egress_is_down())
    finding.holds = *down ? ConditionState::yes : ConditionState::no;
  return finding;
}

// no_data is determined before the subject is evaluated.
Evaluation judge_stalled(const Instance& instance, EvalContext&, const PriorState&) {
  Evaluation finding;
  finding.holds = ConditionState::no;
  finding.check = instance.checks.front();
  return finding;
}

// A shorter period may be a restart of our own resolver.
constexpr Span inconclusive_least = std::chrono::seconds(30);

Evaluation judge_inconclusive(const Instance& instance, EvalContext& context, const PriorState&) {
  Evaluation finding;
  finding.check = instance.checks.front();
  const CheckStatus& standing = context.standing(*finding.check);
  const auto& inconclusive = standing.inconclusive;
  // After a restart, or a run that found our own network down, there is no verdict yet.
  const bool verdict = standing.newest == Outcome::pass || standing.newest == Outcome::fail;
  if (!inconclusive && !verdict) return finding;
  const Span bound = std::max(patience(*finding.check), inconclusive_least);
  const bool holds = inconclusive && context.now() - inconclusive->first >= bound;
  finding.holds = holds ? ConditionState::yes : ConditionState::no;
  finding.count = inconclusive ? inconclusive->count : 0;
  return finding;
}

Evaluation judge_watchdog(const Instance&, EvalContext&, const PriorState&) {
  Evaluation finding;
  finding.holds = ConditionState::yes;
  return finding;
}

std::string no_value(const Evaluation&) { return ""; }

std::string blind_headline(const Instance&, const Evaluation&, EvalContext&) {
  return "no egress reference answers, so no target can be judged";
}
std::string seen_headline(const Instance&, const Evaluation&, const SeenAt&, EvalContext&) {
  return "an egress reference answers again";
}
std::string stalled_headline(const Instance& instance, const Evaluation&, EvalContext&) {
  return instance.checks.front()->name + " runs again on " + instance.target;
}
std::string verdict_headline(const Instance& instance, const Evaluation& finding, const SeenAt&,
                             EvalContext&) {
  return fmt::format("{} gives verdicts again on {}", finding.check->name, instance.target);
}
std::string inconclusive_headline(const Instance& instance, const Evaluation& finding,
                                  EvalContext& context) {
  const Check& check = *finding.check;
  const auto& inconclusive = context.standing(check).inconclusive;
  const std::string detail = show_detail(inconclusive->detail);
  return fmt::format("no verdict of {} on {} since {}: {} inconclusive run{}, the last one {}{}",
                     check.name, instance.target, show_time(inconclusive->first, context.now()),
                     inconclusive->count, inconclusive->count == 1 ? "" : "s",
                     name(inconclusive->reason), detail.empty() ? "" : " (" + detail + ")");
}
std::string watchdog_headline(const Instance&, const Evaluation&, EvalContext&) {
  return "Sonde evaluates alerts and sends them; if this alert stops, no other alert arrives";
}

const RuleSubject blind{.name = "blind",
                        .judge = judge_blind,
                        .value = no_value,
                        .headline = blind_headline,
                        .part = IncidentRole::apart,
                        .recovered = seen_headline};
const RuleSubject stalled{.name = "stalled",
                          .measured = Measured::count,
                          .judge = judge_stalled,
                          .value = no_value,
                          .headline = stalled_headline,
                          .part = IncidentRole::apart};
const RuleSubject inconclusive{.name = "inconclusive",
                               .measured = Measured::count,
                               .judge = judge_inconclusive,
                               .value = value_of_count,
                               .headline = inconclusive_headline,
                               .part = IncidentRole::apart,
                               .recovered = verdict_headline};
const RuleSubject watchdog{.name = "watchdog",
                           .judge = judge_watchdog,
                           .value = no_value,
                           .headline = watchdog_headline,
                           .part = IncidentRole::apart};

RuleSettings settings(std::string name, Severity severity) {
  RuleSettings rule;
  rule.name = std::move(name);
  rule.over = {};
  rule.keep_firing_for = {};
  rule.severity = severity;
  rule.checksum = "builtin";
  return rule;
}

Instance of_daemon(RuleSettings rule, const RuleSubject& subject) {
  Instance made;
  made.labels = {{"alertname", rule.name}, {"severity", std::string(name(rule.severity))}};
  made.key = rule.name;
  made.subject = &subject;
  made.rule = std::make_shared<RuleSettings>(std::move(rule));
  return made;
}

Instance blind_instance() {
  RuleSettings rule = settings("SondeBlind", Severity::critical);
  rule.hold = rule.keep_firing_for = std::chrono::minutes(1);
  return of_daemon(std::move(rule), blind);
}

Instance watchdog_instance() {
  Instance made = of_daemon(settings("Watchdog", Severity::info), watchdog);
  made.labels["severity"] = "none";  // as alert routing expects it
  return made;
}

// One instance for each check.
std::vector<Instance> of_checks(RuleSettings of_each, const RuleSubject& subject,
                                std::span<const CheckPtr> checks) {
  const auto rule = std::make_shared<RuleSettings>(std::move(of_each));
  auto all = instances_of(rule, checks);
  for (auto& one : all) one.subject = &subject;
  return all;
}

}  // namespace

std::vector<Instance> builtin_instances(std::span<const CheckPtr> checks) {
  auto all = of_checks(settings("SondeProbeStalled", Severity::critical), stalled, checks);
  RuleSettings no_verdict = settings("SondeProbeInconclusive", Severity::critical);
  no_verdict.no_data_after = Span::max();  // SondeProbeStalled reports missing runs
  std::ranges::move(of_checks(std::move(no_verdict), inconclusive, checks),
                    std::back_inserter(all));
  all.push_back(blind_instance());
  all.push_back(watchdog_instance());
  return all;
}

bool is_stalled_alert(const Instance& instance) { return instance.subject == &stalled; }

}  // namespace sonde::alert
