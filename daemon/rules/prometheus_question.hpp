#pragma once
#include <string>
#include <string_view>

#include "daemon/rules/prometheus_tally.hpp"

namespace sonde::rules {

// What an alert asks of Prometheus: vectors with the same labels, one series an instance.
struct PrometheusQuestion {
  std::string value;   // what its text shows, where it is known
  std::string fires;   // not empty where it is beyond the bound, on enough samples
  std::string clears;  // not empty where it is proven to be well again, on enough samples
};
PrometheusQuestion prometheus_question(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// One for each way of asking; the table of subjects says which.
PrometheusQuestion ask_rate(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_burn(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_latency(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_certificate(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_consecutive(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_reason(const alert::RuleSettings& rule, PrometheusTallies& tallies);
PrometheusQuestion ask_false_green(const alert::RuleSettings& rule, PrometheusTallies& tallies);

// The label that tells the alerts of one rule and check apart: `step`, `event`, `host_port`, or
// none; and whether they have `probe` and `kind`.
std::string_view prometheus_apart(const alert::RuleSettings& rule);
bool prometheus_by_check(const alert::RuleSettings& rule);

// Over the daemons, and of an alert that has no `probe` and `kind`, over the probes of its target.
std::string over_instances(const alert::RuleSettings& rule, std::string_view aggregate,
                           std::string_view expr);

// Where the failing runs that make an alert fire are looked for.
Span prometheus_window(const alert::RuleSettings& rule);

}  // namespace sonde::rules
