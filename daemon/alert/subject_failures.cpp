#include "daemon/alert/subject_failures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/alert_text.hpp"
#include "daemon/core/change.hpp"

namespace sonde::alert {
namespace {

// Compares a count with the bound that applies now.
ConditionState above(const RuleSettings& rule, std::uint64_t count, bool firing) {
  const Bound& bound = *(firing && rule.clear_below ? rule.clear_below : rule.above);
  return count > *bound.count ? ConditionState::yes : ConditionState::no;
}

// The check with the most failures in a row; unknown if none was judged yet.
Evaluation longest_row(const Instance& instance, EvalContext& context) {
  Evaluation finding;
  for (const auto& check : instance.checks) {
    const CheckStatus& standing = context.standing(*check);
    if (!standing.last) continue;
    if (finding.check && standing.consecutive_failures <= finding.count) continue;
    finding.check = check;
    finding.count = standing.consecutive_failures;
  }
  return finding;
}

// Whether any run was judged in the longest window of the rule.
bool any_judged(const Instance& instance, EvalContext& context) {
  const Span window = *std::ranges::max_element(instance.rule->over);
  const auto length = std::chrono::ceil<std::chrono::seconds>(window);
  return std::ranges::any_of(instance.checks, [&](const CheckPtr& check) {
    return context.view().tally(*check, {}, length, context.seconds()).attempts > 0;
  });
}

// Whether each check with such failures has passed since. A run that failed at another step does
// not count, and neither does another check.
bool all_passed_since(const Instance& instance, EvalContext& context, const SeenAt& seen) {
  return std::ranges::all_of(instance.checks, [&](const CheckPtr& check) {
    const auto failed = seen.find(key_of(*check));
    if (failed == seen.end()) return true;
    const auto& passed = context.standing(*check).last_success;
    // The second of the failure is known alone, so that a pass within it may be the earlier one. A
    // clock that was set back leaves the failure in the future.
    const auto second = [](WallTime at) { return std::chrono::floor<std::chrono::seconds>(at); };
    return passed && second(*passed) > second(std::min(failed->second, context.now()));
  });
}

// The matching failures of a check in a window: their number, and the time of the last.
struct Matching {
  std::uint64_t count = 0;
  WallTime last{};
};
Matching matching(const Instance& instance, const Check& check, EvalContext& context, Span window) {
  const auto length = std::chrono::ceil<std::chrono::seconds>(window);
  Matching all;
  for (const auto& group : context.view().failures(check, length, context.seconds()).groups) {
    if (!names_one_of(group, instance.rule->reasons)) continue;
    all.count += group.count;
    all.last = std::max(all.last, group.last);
  }
  return all;
}

std::string times(std::uint64_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string reasons(const RuleSettings& rule) {
  std::string all;
  for (Reason reason : rule.reasons) all += (all.empty() ? "" : " or ") + std::string(name(reason));
  return all;
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

// The name of a check that is no longer configured, from its key "kind/name/target".
std::string name_in(std::string_view key, std::string_view target) {
  key.remove_prefix(std::min(key.find('/') + 1, key.size()));
  if (key.ends_with(target)) key.remove_suffix(target.size() + (key.size() > target.size()));
  return std::string(key);
}

// The checks of an alert at which its condition was seen; all of them if that is not known.
std::vector<CheckPtr> seen_checks(const Instance& instance, const SeenAt& seen) {
  std::vector<CheckPtr> found;
  for (const auto& check : instance.checks)
    if (seen.empty() || seen.contains(key_of(*check))) found.push_back(check);
  return found;
}

std::string show_gone(const Instance& instance, const SeenAt& seen) {
  std::string all;
  for (const auto& [key, at] : seen)
    if (std::ranges::none_of(instance.checks,
                             [&](const CheckPtr& check) { return key_of(*check) == key; }))
      all += fmt::format("; {} is no longer configured on {}", name_in(key, instance.target),
                         instance.target);
  return all;
}

// Removes a leading separator.
std::string joined(std::string parts) { return parts.starts_with("; ") ? parts.substr(2) : parts; }

std::string show_each(const Instance& instance, const SeenAt& seen, EvalContext& context) {
  std::vector<std::string> passing;
  std::string failing;
  for (const auto& check : seen_checks(instance, seen)) {
    const CheckStatus& standing = context.standing(*check);
    if (standing.consecutive_failures > 0)
      failing += "; " + show_row(*check, standing.consecutive_failures, instance.target, context);
    else if (standing.last == Outcome::pass)
      passing.push_back(check->name);
  }
  std::string all;
  if (!passing.empty())
    all = fmt::format("; {} {} again on {}", fmt::join(passing, ", "),
                      passing.size() == 1 ? "passes" : "pass", instance.target);
  return all + failing + show_gone(instance, seen);
}

}  // namespace

Evaluation judge_row(const Instance& instance, EvalContext& context, const PriorState& past) {
  Evaluation finding = longest_row(instance, context);
  finding.seen = past.seen;
  for (const auto& check : instance.checks) {
    const CheckStatus& standing = context.standing(*check);
    if (above(*instance.rule, standing.consecutive_failures, past.firing) == ConditionState::yes)
      finding.seen[key_of(*check)] = standing.failing_since.value_or(context.now());
  }
  if (finding.check) finding.holds = above(*instance.rule, finding.count, past.firing);
  if (!finding.check) finding.check = instance.checks.front();
  return finding;
}

// The failures have to be frequent enough in every window. The condition ends when a run has passed
// since.
Evaluation judge_reason(const Instance& instance, EvalContext& context, const PriorState& past) {
  Evaluation finding;
  finding.check = instance.checks.front();
  finding.holds = ConditionState::yes;
  finding.seen = past.seen;
  for (Span window : instance.rule->over) {
    std::uint64_t sum = 0, most = 0;
    for (const auto& check : instance.checks) {
      const auto [count, last] = matching(instance, *check, context, window);
      if (count > 0) finding.seen[key_of(*check)] = last;
      if (count > most) finding.check = check;
      most = std::max(most, count);
      sum += count;
    }
    if (window == instance.rule->over.front()) finding.count = sum;
    if (above(*instance.rule, sum, past.firing) == ConditionState::no)
      finding.holds = ConditionState::no;
  }
  const bool known = past.firing ? all_passed_since(instance, context, finding.seen)
                                 : any_judged(instance, context);
  if (finding.holds == ConditionState::no && !known) finding.holds = ConditionState::unknown;
  return finding;
}

Evaluation judge_false_green(const Instance& instance, EvalContext& context,
                             const PriorState& past) {
  Evaluation finding = judge_row(instance, context, past);
  if (finding.holds != ConditionState::yes) return finding;
  bool green = !instance.health.empty();
  for (const auto& check : instance.health) {
    const auto& last = context.standing(*check).last;
    if (last == Outcome::fail) finding.holds = ConditionState::no;
    green &= last == Outcome::pass;
  }
  if (finding.holds == ConditionState::yes && !green) finding.holds = ConditionState::unknown;
  return finding;
}

std::string value_of_count(const Evaluation& finding) { return fmt::to_string(finding.count); }

std::string headline_of_row(const Instance& instance, const Evaluation& finding,
                            EvalContext& context) {
  return show_row(*finding.check, finding.count, instance.target, context);
}

std::string headline_of_reason(const Instance& instance, const Evaluation& finding, EvalContext&) {
  return fmt::format("{} {} over {} on {}, by {}", reasons(*instance.rule), times(finding.count),
                     config::show(instance.rule->over.front()), instance.target,
                     finding.check->name);
}

std::string headline_of_false_green(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context) {
  return "health passes, but " + headline_of_row(instance, finding, context);
}

std::string recovered_row(const Instance& instance, const Evaluation&, const SeenAt& seen,
                          EvalContext& context) {
  return joined(show_each(instance, seen, context));
}

std::string recovered_reason(const Instance& instance, const Evaluation&, const SeenAt& seen,
                             EvalContext& context) {
  std::string all;
  for (const auto& check : seen_checks(instance, seen)) {
    const auto& passed = context.standing(*check).last_success;
    const auto last = seen.find(key_of(*check));
    if (!passed || last == seen.end()) continue;
    all += fmt::format("; {} passed on {} at {}, after its last such failure at {}", check->name,
                       instance.target, show_time(*passed, context.now()),
                       show_time(last->second, context.now()));
  }
  return joined(all + show_gone(instance, seen));
}

std::string recovered_false_green(const Instance& instance, const Evaluation&, const SeenAt& seen,
                                  EvalContext& context) {
  std::string all;
  for (const auto& check : instance.health) {
    const CheckStatus& standing = context.standing(*check);
    if (standing.last == Outcome::fail)
      all += fmt::format("; {} fails, too, on {}{}", check->name, instance.target,
                         show_failing(standing, context.now()));
  }
  return joined(all + show_each(instance, seen, context));
}

}  // namespace sonde::alert
