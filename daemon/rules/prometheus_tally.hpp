#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/rules/prometheus_file.hpp"
#include "daemon/rules/promql.hpp"

namespace sonde::rules {

// What is counted of a rate in a window, as recording rules that alerts share. Sonde's own windows
// are read where it has them: they count exactly and survive its restarts. Of other lengths
// Prometheus counts, with increase(), which is not exact at the edges of a window.
class PrometheusTallies {
 public:
  struct Names {
    std::string attempts, failures;  // of recording rules
  };
  // `rate`: auth_success, event_delivery or probe_success.
  Names recorded(alert::AlertOf rate, Span window);
  // Failed runs by step and reason.
  std::string failures_by_reason(Span window);

  std::vector<PrometheusRule> rules() const;  // in the order of their names

 private:
  std::string record(std::string name, std::string expr);

  std::map<std::string, std::string> rules_;
};

// Whether it is one of the three that are counted so.
bool is_rate(alert::AlertOf of);

// Of a rate, the label that tells the series of one check apart: `step`, `event`, or none.
std::string_view apart_by(alert::AlertOf rate);

}  // namespace sonde::rules
