#pragma once
#include <span>
#include <vector>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// One cause, one page, for Alertmanager, by the same rules as daemon/alert/incident.hpp: an alert
// is held back while each failure in its window is at an earlier step that a firing alert of the
// target, of at least its severity, owns. Prometheus says so by the alert SondeHeldBack, which
// inhibits alerts with the same `sonde_rule`, `probe` and `target`. Unlike the daemon it knows
// nothing of silences: one that is silenced holds back as well. An alert by target owns nothing.

// Whether failures at an earlier step could be all that makes the alert fire.
bool prometheus_can_be_held(const alert::RuleSettings& rule);

// Recording rules: which steps of which targets firing alerts of at least that severity own.
std::vector<PrometheusRule> prometheus_owned(std::span<const alert::RuleSettings> rules,
                                             PrometheusTallies& tallies);

// The SondeHeldBack of every rule that can be held back.
std::vector<PrometheusRule> prometheus_held(std::span<const alert::RuleSettings> rules,
                                            PrometheusTallies& tallies);

}  // namespace sonde::rules
