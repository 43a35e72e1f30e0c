#include <fmt/format.h>

#include "daemon/alert/alert_text.hpp"
#include "daemon/core/objective.hpp"

namespace sonde::alert {
namespace {

// "72.0 % (18 of 25) over 10m, 80.0 % (60 of 75) over 30m"
std::string over(const Evaluation& finding) {
  std::string all;
  for (const auto& [window, tally] : finding.stretches)
    all += fmt::format("{}{} over {}", all.empty() ? "" : ", ", show_success(tally),
                       config::show(window));
  return all;
}

std::string wanted(const Instance& instance) {
  return fmt::format("on {}, wanted {}", instance.target,
                     show_share(millionths(*instance.rule->below->share)));
}

Tally sum_of(const Instance& instance, const Rate& rate, std::chrono::seconds window,
             EvalContext& context) {
  Tally sum;
  for (const auto& check : instance.checks) {
    const Tally one = context.view().tally(*check, rate, window, context.seconds());
    sum.attempts += one.attempts;
    sum.failures += one.failures;
  }
  return sum;
}

// The other rate of logins and upgrades, or that there were no attempts.
std::string other_step(const Instance& instance, const Evaluation& finding, EvalContext& context) {
  const bool logins = finding.rate.step == Step::upgrade;
  const Rate rate{.of = RateOf::auth, .step = logins ? Step::login : Step::upgrade, .event = {}};
  const auto window = std::chrono::ceil<std::chrono::seconds>(finding.stretches.front().window);
  const Tally sum = sum_of(instance, rate, window, context);
  if (sum.attempts == 0) return "";
  return fmt::format("; {} {} of {}", logins ? "logins" : "upgrades", sum.attempts - sum.failures,
                     sum.attempts);
}

std::string subject_of(const Instance& instance, const Rate& rate) {
  if (rate.of == RateOf::auth) return fmt::format("{} auth success", name(rate.step));
  if (rate.of == RateOf::delivery) return fmt::format("delivery of {}", rate.event);
  if (instance.checks.size() > 1)
    return fmt::format("success of {} probes", instance.checks.size());
  return fmt::format("{} success", instance.checks.front()->name);
}

// "20.1": how many times faster than allowed, computed in tenths.
std::string times(const RuleSettings& rule, const Tally& tally) {
  const auto rate = burn_rate({.target = millionths(rule.objective)}, tally);
  return fmt::format("{:.1f}", rate.value_or(0));
}

// The remaining error budget of 30 days; negative if overspent.
std::string budget_of(const Instance& instance, const Rate& rate, EvalContext& context) {
  const Tally month = sum_of(instance, rate, std::chrono::hours(720), context);
  const auto left = budget_left({.target = millionths(instance.rule->objective)}, month);
  return left ? fmt::format("; {:.0f} % of the budget left", *left * 100) : "";
}

}  // namespace

std::string value_of_rate(const Evaluation& finding) {
  return finding.stretches.empty() ? "" : show_success(finding.stretches.front().tally);
}

std::string headline_of_success(const Instance& instance, const Evaluation& finding, EvalContext&) {
  return fmt::format("{} {} {}", subject_of(instance, finding.rate), over(finding),
                     wanted(instance));
}

std::string headline_of_auth(const Instance& instance, const Evaluation& finding,
                             EvalContext& context) {
  return headline_of_success(instance, finding, context) + other_step(instance, finding, context);
}

std::string headline_of_delivery(const Instance& instance, const Evaluation& finding,
                                 EvalContext& context) {
  return headline_of_success(instance, finding, context);
}

std::string headline_of_burn(const Instance& instance, const Evaluation& finding,
                             EvalContext& context) {
  const RuleSettings& rule = *instance.rule;
  const WindowSample& lengthy = finding.stretches.at(0);
  const WindowSample& brief = finding.stretches.at(1);
  return fmt::format(
      "{} uses its error budget at {} times the allowed rate over {} and {} times over {} on {}, "
      "{}, wanted {} in 30d{}",
      subject_of(instance, finding.rate), times(rule, lengthy.tally), config::show(lengthy.window),
      times(rule, brief.tally), config::show(brief.window), instance.target,
      show_success(lengthy.tally), show_share(millionths(rule.objective)),
      budget_of(instance, finding.rate, context));
}

}  // namespace sonde::alert
