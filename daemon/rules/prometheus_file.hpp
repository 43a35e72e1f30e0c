#pragma once
#include <span>
#include <string>
#include <vector>

#include "daemon/core/alert.hpp"

namespace sonde::rules {

// A file of rules as Prometheus reads it.
struct PrometheusRule {
  // Exactly one of them: what kind of rule this is, and its name.
  std::string record, alert;
  std::string expr;  // PromQL, of one line or more
  Span hold{}, keep_firing_for{};
  Labels labels, annotations;
};
struct PrometheusGroup {
  std::string name;
  std::vector<PrometheusRule> rules;  // evaluated in this order
};

// Every group is evaluated that often: what a rule reads of another one is at most as old.
inline constexpr Span prometheus_interval = std::chrono::seconds(15);

// "1h30m", "250ms": whole numbers of falling units, as PromQL and rule files have them.
std::string prometheus_duration(Span span);

// YAML; the same text for the same groups. Texts may hold anything.
std::string to_yaml(std::span<const PrometheusGroup> groups);

}  // namespace sonde::rules
