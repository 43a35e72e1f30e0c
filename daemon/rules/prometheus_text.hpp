#pragma once
#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// The annotations for an alert sent by Prometheus: summary, description, runbook_url, and those of
// the rule.
Labels prometheus_annotations(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// Escapes a text so that a Prometheus template shows it unchanged.
std::string prometheus_literal(std::string_view text);

}  // namespace sonde::rules
