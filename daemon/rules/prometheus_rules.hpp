#pragma once
#include <span>
#include <string>
#include <vector>

#include "daemon/alert/rule_settings.hpp"

namespace sonde::rules {

// Where the rules are to run. The name of the scrape job, and the address of a folder with a
// runbook for each of Sonde's own alerts; empty: they link none.
struct PrometheusPlace {
  std::string job = "sonde";
  std::string runbooks;
};

// A file of Prometheus rules (2.42 or later) that judges as the daemon does: the alerts of a
// configuration, and those about the daemon itself. The same text for the same alerts.
std::string prometheus_rules(std::span<const alert::RuleSettings> alerts,
                             const PrometheusPlace& place);

// Of each alert that would never fire there, though it does in the daemon, a line for who wrote it:
// "alerts.Slow.above: ...".
std::vector<std::string> prometheus_blind(std::span<const alert::RuleSettings> alerts);

}  // namespace sonde::rules
