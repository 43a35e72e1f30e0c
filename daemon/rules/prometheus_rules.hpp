#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alert/rule_settings.hpp"
#include "daemon/rules/prometheus_question.hpp"

namespace sonde::rules {

// The expression of an alerting rule, with the semantics of the daemon: a firing alert goes on
// until the recovery is proven, whatever data are missing meanwhile, or until its probe is no
// longer configured. The value of an alert without data is NaN. `own`: the labels that the rule
// sets on its alerts.
std::string prometheus_expr(const alert::RuleSettings& rule, const PrometheusQuestion& question,
                            const Labels& own);

// The recording rule for the configured probes. Those of a daemon that cannot be reached are known
// for an hour; while none can be reached, until one is.
PrometheusRule prometheus_known(std::string_view job);

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
