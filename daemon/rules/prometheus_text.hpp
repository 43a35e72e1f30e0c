#pragma once
#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// What people read of an alert that Prometheus tells: summary, description, runbook_url, and the
// rule's own annotations.
Labels prometheus_annotations(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// A text that a template of Prometheus shows as it is.
std::string prometheus_literal(std::string_view text);

}  // namespace sonde::rules
