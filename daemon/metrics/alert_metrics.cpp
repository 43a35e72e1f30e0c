#include <map>
#include <tuple>

#include "daemon/metrics/facts_metrics.hpp"

namespace sonde::metrics {
namespace {

using enum FamilyType;

double number(std::uint64_t count) { return static_cast<double>(count); }

std::string label_of(const AlertFacts& alert, const std::string& name) {
  const auto known = alert.labels.find(name);
  return known == alert.labels.end() ? "" : known->second;
}

// How many alerts of each name and severity are in a state; 0 for those of every rule.
using States = std::map<std::tuple<std::string, std::string, std::string_view>, std::uint64_t>;
States states_of(const Facts& facts) {
  States states;
  for (const RuleFacts& rule : facts.rules)
    for (std::string_view state : {"pending", "firing"}) states[{rule.name, rule.severity, state}];
  for (const AlertFacts& alert : facts.alerts) {
    if (alert.state == AlertState::inactive) continue;
    const std::string_view state = alert.state == AlertState::firing ? "firing" : "pending";
    ++states[{label_of(alert, "alertname"), label_of(alert, "severity"), state}];
  }
  return states;
}

}  // namespace

void write_alert_families(Page& page, const Facts& facts) {
  page.family("sonde_alerts", "Embedded alerts by state.", gauge);
  for (const auto& [place, count] : states_of(facts)) {
    const auto& [alert, severity, state] = place;
    page.value({{"alertname", alert}, {"severity", severity}, {"state", state}}, number(count));
  }
  page.family("sonde_alert_evaluations_total", "Embedded alert rule evaluations.", counter);
  for (const RuleFacts& rule : facts.rules)
    page.value({{"alertname", rule.name}}, number(rule.evaluations));
  page.family("sonde_alert_insufficient_evaluations_total",
              "Evaluations that changed nothing because a window held too few samples.", counter);
  for (const RuleFacts& rule : facts.rules)
    page.value({{"alertname", rule.name}}, number(rule.insufficient));
}

}  // namespace sonde::metrics
