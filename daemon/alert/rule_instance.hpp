#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_subject.hpp"

namespace sonde::alert {

using CheckPtr = std::shared_ptr<const Check>;

// One alert that a rule can fire: of a check, of a target, or of a certificate.
struct Instance {
  std::shared_ptr<const RuleSettings> rule;
  const RuleSubject* subject = nullptr;
  std::vector<CheckPtr> checks;  // whose sums it judges
  std::vector<CheckPtr> health;  // of false_green: the health probes of the target
  std::string target;
  std::string endpoint;  // of certificate_expiry: "host:443"
  Labels labels;         // its identity
  std::string key;       // "AuthOutage login/login/staging"; stable over restarts
};

// Every alert that a rule can fire. Of certificate_expiry those whose endpoint nobody knows yet:
// one a target, of which `at_endpoint` makes others.
std::vector<Instance> instances_of(std::shared_ptr<const RuleSettings> rule,
                                   std::span<const CheckPtr> checks);
Instance at_endpoint(const Instance& of_target, std::string endpoint);

}  // namespace sonde::alert
