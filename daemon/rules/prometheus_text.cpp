#include "daemon/rules/prometheus_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/rule_subject.hpp"
#include "daemon/rules/prometheus_question.hpp"
#include "daemon/rules/prometheus_quorum.hpp"

namespace sonde::rules {
namespace {

// Placeholders in the texts: `[percent]` and similar for the value, `[bound]` for the bound,
// `[over]` for the windows, `[n]` for the count, `[who]` for the probe and target.
struct TextRow {
  alert::AlertOf of;
  std::string_view summary, description;
};
constexpr TextRow text_rows[] = {
    {alert::AlertOf::auth_success, "Too few logins or upgrades succeed.",
     "{{ $labels.step }} auth success [percent][n] over [over] on [who], wanted [bound]."},
    {alert::AlertOf::event_delivery, "Events of chats are lost.",
     "delivery of {{ $labels.event }} [percent][n] over [over] on [who], wanted [bound]."},
    {alert::AlertOf::probe_success, "Too few runs of a probe pass.",
     "success [percent][n] over [over] on [who], wanted [bound]."},
    {alert::AlertOf::burn_rate, "The error budget is used up too fast.",
     "errors burn the budget of [budget] [times] as fast as allowed on [who]."},
    {alert::AlertOf::latency, "Users wait too long.",
     "[quantile] [span] over [over] on [who], wanted [bound]."},
    {alert::AlertOf::certificate_expiry, "A certificate expires soon.",
     "the certificate of {{ $labels.host_port }} expires in [span] ([who])."},
    {alert::AlertOf::consecutive_failures, "A probe fails again and again.",
     "[count] failed runs in a row on [who]."},
    {alert::AlertOf::reason, "A probe met what must not happen.",
     "[count] of the last runs over [over] on [who]: [reasons]."},
    {alert::AlertOf::false_green, "Health passes while users cannot chat.",
     "health passes on [who] while [count] runs of its path failed in a row."},
};

void replace(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

// NaN, which equals nothing, means that nothing is known while the alert keeps firing.
std::string value(std::string_view how) {
  return fmt::format(
      "{{{{ if eq $value $value }}}}{{{{ $value | {} }}}}{{{{ else }}}}unknown{{{{ end }}}}", how);
}

std::string bound_text(const alert::RuleSettings& rule) {
  const auto& bound = rule.below ? rule.below : rule.above;
  return bound ? show(*bound) : "";
}

// The labels that identify an alert, for the queries of a template.
std::vector<std::string_view> naming(const alert::RuleSettings& rule, bool apart) {
  std::vector<std::string_view> labels;
  if (prometheus_by_check(rule)) labels.emplace_back("probe");
  labels.emplace_back("target");
  if (apart && !prometheus_apart(rule).empty()) labels.push_back(prometheus_apart(rule));
  return labels;
}

// `query (printf "sum(RECORD{probe=%q,target=%q})" $labels.probe $labels.target)` of
// "sum(RECORD[of])": each [of] selects what has the labels of the alert.
std::string query(std::string text, const std::vector<std::string_view>& labels) {
  std::string matchers, values, given;
  for (const auto label : labels) {
    matchers += fmt::format("{}{}=%q", matchers.empty() ? "" : ",", label);
    values += fmt::format(" $labels.{}", label);
  }
  for (std::size_t at = 0; (at = text.find("[of]", at)) != std::string::npos;) {
    text.replace(at, 4, matchers);
    given += values;
  }
  return fmt::format("query (printf \"{}\"{})", text, given);
}

// A rule's series of locations, within a template.
std::string at_bound(const alert::RuleSettings& rule) {
  return fmt::format("{}{{sonde_rule=\\\"{}\\\",[of]}}", prometheus_beyond(rule), rule.name);
}

// " of 40": as many as the value is computed of.
std::string attempts(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  if (!is_rate(rule.of)) return "";
  const auto names = tallies.recorded(rule.of, rule.over.front());
  const std::string counted = fmt::format("{}{{[of]}}", names.attempts);
  const std::string on = prometheus_by_check(rule) ? "job, location, probe" : "job, location";
  return fmt::format(
      "{{{{ with {} }}}} of {{{{ . | first | value }}}}{{{{ end }}}}",
      query(fmt::format("sum({0} and on ({1}) {2}) or sum({0})", counted, on, at_bound(rule)),
            naming(rule, true)));
}

// " Fails from: eu us (of 3 locations);", where there are several.
std::string locations(const alert::RuleSettings& rule) {
  if (rule.of == alert::AlertOf::certificate_expiry || alert::always_pages(rule)) return "";
  return fmt::format(
      "{{{{ with {} }}}} Fails from:{{{{ range {} | sortByLabel \"location\" }}}} {{{{ "
      ".Labels.location "
      "}}}}{{{{ end }}}} (of {{{{ . | first | value }}}} locations);{{{{ end }}}}",
      query(fmt::format("count(group by (location) ({}{{[of]}})) > 1", kVoting),
            naming(rule, false)),
      query(fmt::format("group by (location) ({})", at_bound(rule)), naming(rule, true)));
}

// "7 x upgrade/server_error; 2 x login/timeout;"
std::string failures(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  if (rule.of == alert::AlertOf::certificate_expiry || rule.of == alert::AlertOf::latency)
    return "";
  const std::string record = tallies.failures_by_reason(prometheus_window(rule));
  return fmt::format(
      "{{{{ range {} }}}} {{{{ .Value }}}} x {{{{ .Labels.step }}}}/{{{{ .Labels.reason }}}};"
      "{{{{ end }}}}",
      query(fmt::format("sort_desc(topk(3, sum by (step, reason) ({}{{[of]}}) > 0))", record),
            naming(rule, false)));
}

std::string joined(const alert::RuleSettings& rule) {
  std::string reasons;
  for (const Reason reason : rule.reasons)
    reasons += fmt::format("{}{}", reasons.empty() ? "" : ", ", name(reason));
  return reasons;
}

std::string windows(const alert::RuleSettings& rule) {
  std::string over;
  for (const Span window : rule.over)
    over += (over.empty() ? "" : " and ") + prometheus_duration(window);
  return over.empty() ? prometheus_duration(prometheus_window(rule)) : over;
}

std::string description(const alert::RuleSettings& rule, std::string text,
                        PrometheusTallies& tallies) {
  replace(text, "[percent]", value("humanizePercentage"));
  replace(text, "[span]", value("humanizeDuration"));
  replace(text, "[times]", value("printf \"%.1f times\""));
  replace(text, "[count]", value("printf \"%.0f\""));
  replace(text, "[quantile]", fmt::format("p{:g}", rule.quantile * 100));
  replace(text, "[budget]", fmt::format("{:g}%", (1 - rule.objective.share) * 100));
  replace(text, "[n]", attempts(rule, tallies));
  replace(text, "[over]", windows(rule));
  replace(text, "[bound]", bound_text(rule));
  replace(text, "[reasons]", joined(rule));
  replace(text, "[who]",
          prometheus_by_check(rule) ? "{{ $labels.target }} ({{ $labels.probe }})"
                                    : "{{ $labels.target }}");
  return text + locations(rule) + failures(rule, tallies);
}

}  // namespace

std::string prometheus_literal(std::string_view text) {
  std::string out(text);
  replace(out, "{{", R"({{ "{{" }})");
  return out;
}

Labels prometheus_annotations(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  Labels out;
  for (const auto& [name, text] : rule.annotations) out.emplace(name, prometheus_literal(text));
  const TextRow& row = *std::ranges::find(text_rows, rule.of, &TextRow::of);
  out.emplace("summary", row.summary);
  out.emplace("description", description(rule, std::string(row.description), tallies));
  if (!rule.runbook.empty()) out.emplace("runbook_url", prometheus_literal(rule.runbook));
  return out;
}

}  // namespace sonde::rules
