#pragma once
#include <string>
#include <string_view>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// The expression of an alerting rule, with the semantics of the daemon: a firing alert goes on
// until the recovery is proven, whatever data are missing meanwhile, or until its probe is no
// longer configured. The value of an instance without data is NaN. `own`: the labels that the rule
// sets on its alerts.
std::string prometheus_expr(const alert::RuleSettings& rule, const Labels& own,
                            PrometheusTallies& tallies);

// The recording rule for the configured probes.
PrometheusRule prometheus_known(std::string_view job);

}  // namespace sonde::rules
