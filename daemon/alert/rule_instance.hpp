#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_subject.hpp"

namespace sonde::alert {

using CheckPtr = std::shared_ptr<const Check>;

// One alert that a rule can fire: for a check, a target or a certificate.
struct Instance {
  std::shared_ptr<const RuleSettings> rule;
  const RuleSubject* subject = nullptr;
  std::vector<CheckPtr> checks;  // the checks that it judges together
  std::vector<CheckPtr> health;  // of false_green: the health probes of the target
  std::string target;
  std::string endpoint;  // of certificate_expiry: "host:443"
  Labels labels;         // its identity
  std::string key;       // "AuthOutage login/login/staging"; stable over restarts
};

// Every alert that a rule can fire. For certificate_expiry: one for each target, without an
// endpoint; `at_endpoint` makes the alerts for the endpoints, which become known later.
std::vector<Instance> instances_of(std::shared_ptr<const RuleSettings> rule,
                                   std::span<const CheckPtr> checks);
Instance at_endpoint(const Instance& of_target, std::string endpoint);

}  // namespace sonde::alert
