#include "daemon/alert/rule_instance.hpp"

#include <algorithm>

#include "daemon/core/change.hpp"

namespace sonde::alert {
namespace {

Labels labels_of(const RuleSettings& rule, const std::string& target) {
  Labels labels = rule.labels;
  labels["alertname"] = rule.name;
  labels["severity"] = name(rule.severity);
  if (!target.empty()) labels["target"] = target;
  return labels;
}

Instance of_target(std::shared_ptr<const RuleSettings> rule, const std::string& target) {
  Instance made;
  made.subject = &subject(rule->of);
  made.target = target;
  made.labels = labels_of(*rule, target);
  made.key = rule->name + " " + target;
  made.rule = std::move(rule);
  return made;
}

Instance of_check(std::shared_ptr<const RuleSettings> rule, const CheckPtr& check) {
  const std::string name = rule->name;
  Instance made = of_target(std::move(rule), check->target);
  made.checks = {check};
  made.labels["probe"] = check->name;
  made.labels["kind"] = check->kind;
  made.key = name + " " + key_of(*check);
  return made;
}

std::vector<CheckPtr> health_of(const std::string& target, std::span<const CheckPtr> checks) {
  std::vector<CheckPtr> found;
  for (const auto& check : checks)
    if (check->target == target && check->kind == "health") found.push_back(check);
  return found;
}

bool by_target(const RuleSettings& rule) {
  return rule.by == InstanceBy::target || rule.of == AlertOf::certificate_expiry ||
         rule.of == AlertOf::false_green;
}

}  // namespace

std::vector<Instance> instances_of(std::shared_ptr<const RuleSettings> rule,
                                   std::span<const CheckPtr> checks) {
  std::vector<Instance> all;
  for (const auto& check : checks) {
    if (!concerns(*rule, *check)) continue;
    if (!by_target(*rule)) {
      all.push_back(of_check(rule, check));
      continue;
    }
    auto found = std::ranges::find(all, check->target, &Instance::target);
    if (found == all.end()) found = all.insert(found, of_target(rule, check->target));
    found->checks.push_back(check);
  }
  if (rule->of == AlertOf::false_green)
    for (auto& one : all) one.health = health_of(one.target, checks);
  return all;
}

Instance at_endpoint(const Instance& of_target, std::string endpoint) {
  Instance made = of_target;
  made.labels["endpoint"] = endpoint;
  made.key += " " + endpoint;
  made.endpoint = std::move(endpoint);
  return made;
}

}  // namespace sonde::alert
