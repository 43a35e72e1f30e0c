#pragma once
#include <span>
#include <string>
#include <vector>

#include "daemon/core/alert.hpp"

namespace sonde::rules {

// A rule of a Prometheus rule file.
struct PrometheusRule {
  // Exactly one is set: it determines the kind of rule, and is its name.
  std::string record, alert;
  std::string expr;  // PromQL, one line or more
  Span hold{}, keep_firing_for{};
  Labels labels, annotations;
};
struct PrometheusGroup {
  std::string name;
  std::vector<PrometheusRule> rules;  // evaluated in this order
};

// Evaluation interval of every group: data from another rule are at most this old.
inline constexpr Span prometheus_interval = std::chrono::seconds(15);

// "1h30m", "250ms": integers with falling units, as in PromQL and rule files.
std::string prometheus_duration(Span span);

// As YAML; deterministic. Texts may contain any characters.
std::string to_yaml(std::span<const PrometheusGroup> groups);

}  // namespace sonde::rules
