#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/alert/alert_text.hpp"

namespace sonde::alert {
namespace {

// "3.25s": with as many digits as matter.
std::string rounded(Span span) {
  const auto digit = span < std::chrono::seconds(1) ? std::chrono::microseconds(100)
                                                    : std::chrono::milliseconds(10);
  return config::show(Span(digit) * (span / digit));
}

// "13d", "7h", "12m": only the largest unit.
std::string roughly(Span span) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(span).count();
  if (minutes >= 48 * 60) return fmt::format("{}d", minutes / (24 * 60));
  return minutes >= 120 ? fmt::format("{}h", minutes / 60) : fmt::format("{}m", minutes);
}

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string reasons(const RuleSettings& rule) {
  std::string all;
  for (Reason reason : rule.reasons) all += (all.empty() ? "" : " or ") + std::string(name(reason));
  return all;
}

}  // namespace

std::string value_of_latency(const Evaluation& finding) {
  if (!finding.quantile) return "";
  return fmt::format("{} (of {} runs)", rounded(finding.quantile->value),
                     finding.quantile->samples);
}

std::string value_of_count(const Evaluation& finding) { return fmt::to_string(finding.count); }

std::string value_of_certificate(const Evaluation& finding) {
  return finding.left > Span{} ? roughly(finding.left) : "expired";
}

std::string headline_of_latency(const Instance& instance, const Evaluation& finding, EvalContext&) {
  const RuleSettings& rule = *instance.rule;
  return fmt::format("{} p{} of {} {} over {} on {}, wanted {}", finding.check->name,
                     config::show_number(rule.quantile * 100),
                     config::Codec<Timed>::show(rule.measure), value_of_latency(finding),
                     config::show(rule.over.front()), instance.target,
                     config::show(*rule.above->span));
}

std::string show_failing(const CheckStatus& standing, WallTime now) {
  std::string text;
  if (standing.failing_since) text += " since " + show_time(*standing.failing_since, now);
  if (!standing.failing) return text;
  const std::string detail = show_detail(standing.failing->detail);
  const FailureGroup& failing = *standing.failing;
  // The row may have begun with another reason.
  const bool mixed = failing.count < standing.consecutive_failures;
  return text + fmt::format(": {}{}{}", mixed ? "last " : "",
                            show_cause(failing.step, failing.reason, failing.concluded),
                            detail.empty() ? "" : " (" + detail + ")");
}

std::string show_row(const Check& check, std::uint64_t count, const std::string& target,
                     EvalContext& context) {
  const CheckStatus& standing = context.standing(check);
  const std::string left_out =
      standing.left_out == 0 ? ""
                             : fmt::format(" ({} more run{} under maintenance not counted)",
                                           standing.left_out, standing.left_out == 1 ? "" : "s");
  return fmt::format("{} failed {} in a row{} on {}{}", check.name, times(count), left_out, target,
                     show_failing(standing, context.now()));
}

std::string headline_of_row(const Instance& instance, const Evaluation& finding,
                            EvalContext& context) {
  return show_row(*finding.check, finding.count, instance.target, context);
}

std::string headline_of_false_green(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context) {
  return "health passes, but " + headline_of_row(instance, finding, context);
}

std::string headline_of_certificate(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context) {
  const WallTime at = context.now() + std::chrono::floor<std::chrono::seconds>(finding.left);
  const auto day =
      fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
  const bool expired = finding.left <= Span{};
  return fmt::format("certificate of {} on {} {} {}{} ({})", instance.endpoint, instance.target,
                     expired ? "expired" : "expires in",
                     roughly(expired ? -finding.left : finding.left), expired ? " ago" : "", day);
}

std::string headline_of_reason(const Instance& instance, const Evaluation& finding, EvalContext&) {
  return fmt::format("{} {} over {} on {}, by {}", reasons(*instance.rule), times(finding.count),
                     config::show(instance.rule->over.front()), instance.target,
                     finding.check->name);
}

}  // namespace sonde::alert
