#pragma once
#include <string>
#include <string_view>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// The PromQL of an alert: vectors with the labels of its alerts.
struct PrometheusQuestion {
  std::string value;   // the value in its text, if known: of the locations that fail
  std::string fires;   // not empty if most locations are beyond the bound, with enough samples
  std::string clears;  // not empty if half of them prove recovery, with enough samples
  // With the label `location` in addition, for the recording rules kBeyond and kFailing. Both are
  // empty if one location suffices; kBeyond also if a location needs no number of samples.
  std::string beyond, failing;
};
PrometheusQuestion prometheus_question(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// One function for each kind of query; the table of subjects selects it.
PrometheusQuestion ask_rate(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_burn(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_latency(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_certificate(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_consecutive(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_reason(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_false_green(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// The label that distinguishes alerts of one rule and check: `step`, `event`, `host_port`, or none;
// and whether they have `probe` and `kind`.
std::string_view prometheus_apart(const alert::RuleSettings& rule);
bool prometheus_by_check(const alert::RuleSettings& rule);

// Aggregates over the daemons and, for an alert without `probe` and `kind`, over the probes of its
// target.
std::string over_instances(const alert::RuleSettings& rule, std::string_view aggregate,
                           std::string_view expr);

// Which of both recording rules says where the bound of a rule is exceeded.
std::string_view prometheus_beyond(const alert::RuleSettings& rule);

// The window that is searched for the failed runs behind an alert.
Span prometheus_window(const alert::RuleSettings& rule);

}  // namespace sonde::rules
