#include "daemon/rules/prometheus_question.hpp"

#include <algorithm>

namespace sonde::rules {
namespace {

struct QuestionRow {
  alert::AlertOf of;
  PrometheusQuestion (*ask)(const alert::RuleSettings&, PrometheusTallies&);
};
constexpr QuestionRow question_rows[] = {
    {alert::AlertOf::auth_success, ask_rate},
    {alert::AlertOf::event_delivery, ask_rate},
    {alert::AlertOf::probe_success, ask_rate},
    {alert::AlertOf::burn_rate, ask_burn},
    {alert::AlertOf::latency, ask_latency},
    {alert::AlertOf::certificate_expiry, ask_certificate},
    {alert::AlertOf::consecutive_failures, ask_consecutive},
    {alert::AlertOf::reason, ask_reason},
    {alert::AlertOf::false_green, ask_false_green},
};

}  // namespace

PrometheusQuestion prometheus_question(const alert::RuleSettings& rule,
                                       PrometheusTallies& tallies) {
  return std::ranges::find(question_rows, rule.of, &QuestionRow::of)->ask(rule, tallies);
}

std::string_view prometheus_apart(const alert::RuleSettings& rule) {
  if (is_rate(rule.of)) return apart_by(rule.of);
  if (rule.of == alert::AlertOf::burn_rate) return apart_by(rule.rate);
  return rule.of == alert::AlertOf::certificate_expiry ? "host_port" : "";
}

bool prometheus_by_check(const alert::RuleSettings& rule) {
  return rule.by == alert::InstanceBy::check && rule.of != alert::AlertOf::false_green &&
         rule.of != alert::AlertOf::certificate_expiry;
}

std::string over_instances(const alert::RuleSettings& rule, std::string_view aggregate,
                           std::string_view expr) {
  return rules::across(aggregate, prometheus_by_check(rule) ? "" : "probe, kind", expr);
}

Span prometheus_window(const alert::RuleSettings& rule) {
  if (rule.of == alert::AlertOf::burn_rate) return std::chrono::hours(1);
  if (rule.over.empty()) return std::chrono::minutes(10);
  return *std::ranges::max_element(rule.over);
}

}  // namespace sonde::rules
