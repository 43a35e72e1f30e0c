#include "daemon/alert/rule_builtin.hpp"

#include "daemon/alert/condition.hpp"

namespace sonde {
namespace {

Finding judge_blind(const Instance&, Sight& sight, const Past&) {
  Finding finding;
  finding.holds = sight.blind() ? Holds::yes : Holds::no;
  return finding;
}

// That a check is silent is found before a subject is asked.
Finding judge_stalled(const Instance& instance, Sight&, const Past&) {
  Finding finding;
  finding.holds = Holds::no;
  finding.check = instance.checks.front();
  return finding;
}

Finding judge_watchdog(const Instance&, Sight&, const Past&) {
  Finding finding;
  finding.holds = Holds::yes;
  return finding;
}

std::string no_value(const Finding&) { return ""; }

std::string blind_headline(const Instance&, const Finding&, Sight&) {
  return "none of the egress references answers: nothing can be said of any target";
}
std::string stalled_headline(const Instance& instance, const Finding&, Sight&) {
  return instance.checks.front()->name + " runs on " + instance.target;
}
std::string watchdog_headline(const Instance&, const Finding&, Sight&) {
  return "Sonde judges and tells; if this stops, nobody is told of anything";
}

const RuleSubject blind{.name = "blind",
                        .judge = judge_blind,
                        .value = no_value,
                        .headline = blind_headline,
                        .part = Part::apart};
const RuleSubject stalled{.name = "stalled",
                          .judge = judge_stalled,
                          .value = no_value,
                          .headline = stalled_headline,
                          .part = Part::apart};
const RuleSubject watchdog{.name = "watchdog",
                           .judge = judge_watchdog,
                           .value = no_value,
                           .headline = watchdog_headline,
                           .part = Part::apart};

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
  made.labels["severity"] = "none";  // as those who route it expect
  return made;
}

}  // namespace

std::vector<Instance> builtin_instances(std::span<const CheckPtr> checks) {
  const auto rule =
      std::make_shared<RuleSettings>(settings("SondeProbeStalled", Severity::critical));
  auto all = instances_of(rule, checks);
  for (auto& one : all) one.subject = &stalled;
  all.push_back(blind_instance());
  all.push_back(watchdog_instance());
  return all;
}

bool is_stalled_alert(const Instance& instance) { return instance.subject == &stalled; }

}  // namespace sonde
