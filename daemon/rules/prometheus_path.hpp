#pragma once
#include <span>
#include <vector>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// One page for one cause with Alertmanager, by the rules of daemon/alert/incident.hpp: an alert is
// held back while each failure in its window is at an earlier step that a firing alert of the
// target with at least the same severity is made to test. Prometheus expresses this as the alert
// SondeHeldBack, which inhibits alerts with the same `sonde_rule`, `probe` and `target`. Unlike the
// daemon, it does not know about silences: a silenced alert still holds others back. An alert by
// target holds back none.

// Whether failures at an earlier step could be the only cause of the alert.
bool prometheus_can_be_held(const alert::RuleSettings& rule);

// Recording rules: the steps of targets that firing alerts of at least that severity are made to
// test.
std::vector<PrometheusRule> prometheus_owned(std::span<const alert::RuleSettings> rules,
                                             PrometheusTallies& tallies);

// The SondeHeldBack rules of all rules that can be held back.
std::vector<PrometheusRule> prometheus_held(std::span<const alert::RuleSettings> rules,
                                            PrometheusTallies& tallies);

}  // namespace sonde::rules
