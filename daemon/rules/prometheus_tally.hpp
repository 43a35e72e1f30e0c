#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/rules/prometheus_file.hpp"
#include "daemon/rules/promql.hpp"

namespace sonde::rules {

// The counts of a rate in a window, as recording rules that alerts share. Uses Sonde's own windows
// if they exist, because they are exact and survive its restarts. For other lengths Prometheus
// counts with increase(), which is not exact at the edges of a window.
class PrometheusTallies {
 public:
  struct Names {
    // Names of recording rules, of which each location has a series; no attempts, no series.
    std::string attempts, failures;
  };
  // `rate`: auth_success, event_delivery or probe_success.
  Names recorded(alert::AlertOf rate, Span window);
  // Failed runs of each location by step and reason, also of those without a vote.
  std::string failures_by_reason(Span window);

  std::vector<PrometheusRule> rules() const;  // ordered by name

 private:
  std::string record(std::string name, std::string expr);

  std::map<std::string, std::string> rules_;
};

// Whether it is one of these three rates.
bool is_rate(alert::AlertOf of);

// The label that distinguishes the series of a rate of one check: `step`, `event`, or none.
std::string_view apart_by(alert::AlertOf rate);

}  // namespace sonde::rules
