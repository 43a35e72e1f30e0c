#pragma once
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde::rules {

// The Prometheus that the rules are for: the name of the scrape job, and the URL of a folder with a
// runbook for each of Sonde's own alerts; empty: no links.
struct PrometheusPlace {
  std::string job = "sonde";
  std::string runbooks;
};

// A Prometheus rule file (2.42 or later) with the semantics of the daemon: the alerts of a
// configuration, and those about the daemon itself. Deterministic.
std::string prometheus_rules(std::span<const alert::RuleSettings> alerts,
                             const PrometheusPlace& place);

// One line for each alert that fires in the daemon but could never fire in Prometheus:
// "alerts.Slow.above: ...".
std::vector<std::string> prometheus_blind(std::span<const alert::RuleSettings> alerts);

}  // namespace sonde::rules
