#include "daemon/rules/prometheus_question.hpp"

#include <algorithm>

namespace sonde {
namespace {

struct QuestionRow {
  AlertOf of;
  PrometheusQuestion (*ask)(const RuleSettings&, PrometheusTallies&);
};
constexpr QuestionRow question_rows[] = {
    {AlertOf::auth_success, ask_rate},
    {AlertOf::event_delivery, ask_rate},
    {AlertOf::probe_success, ask_rate},
    {AlertOf::burn_rate, ask_burn},
    {AlertOf::latency, ask_latency},
    {AlertOf::certificate_expiry, ask_certificate},
    {AlertOf::consecutive_failures, ask_consecutive},
    {AlertOf::reason, ask_reason},
    {AlertOf::false_green, ask_false_green},
};

}  // namespace

PrometheusQuestion prometheus_question(const RuleSettings& rule, PrometheusTallies& tallies) {
  return std::ranges::find(question_rows, rule.of, &QuestionRow::of)->ask(rule, tallies);
}

std::string_view prometheus_apart(const RuleSettings& rule) {
  if (is_rate(rule.of)) return apart_by(rule.of);
  if (rule.of == AlertOf::burn_rate) return apart_by(rule.rate);
  return rule.of == AlertOf::certificate_expiry ? "host_port" : "";
}

bool prometheus_by_check(const RuleSettings& rule) {
  return rule.by == InstanceBy::check && rule.of != AlertOf::false_green &&
         rule.of != AlertOf::certificate_expiry;
}

std::string over_instances(const RuleSettings& rule, std::string_view aggregate,
                           std::string_view expr) {
  return promql::across(aggregate, prometheus_by_check(rule) ? "" : "probe, kind", expr);
}

Span prometheus_window(const RuleSettings& rule) {
  if (rule.of == AlertOf::burn_rate) return std::chrono::hours(1);
  if (rule.over.empty()) return std::chrono::minutes(10);
  return *std::ranges::max_element(rule.over);
}

}  // namespace sonde
