#pragma once
#include <string>
#include <string_view>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// The expression of an alerting rule. It holds as the daemon does: what fires goes on until it is
// proven to be well again, whatever is missing meanwhile, or until its probe is not configured any
// more. The value of an instance of which nothing is known is NaN. `own`: the labels that the rule
// puts on its alerts.
std::string prometheus_expr(const alert::RuleSettings& rule, const Labels& own,
                            PrometheusTallies& tallies);

// The recording rule that says which probes are configured.
PrometheusRule prometheus_known(std::string_view job);

}  // namespace sonde::rules
