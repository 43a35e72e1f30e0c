#include <algorithm>

#include "daemon/alert/condition.hpp"
#include "daemon/core/change.hpp"

namespace sonde::alert {
namespace {

// Compares a count with the bound that applies now.
ConditionState above(const RuleSettings& rule, std::uint64_t count, bool firing) {
  const Bound& bound = *(firing && rule.clear_below ? rule.clear_below : rule.above);
  return count > *bound.count ? ConditionState::yes : ConditionState::no;
}

ConditionState slow(const Instance& instance, const Quantile& quantile, bool firing) {
  const RuleSettings& rule = *instance.rule;
  if (quantile.samples < static_cast<std::uint64_t>(rule.min_samples))
    return ConditionState::unknown;
  const Bound& bound = *(firing && rule.clear_below ? rule.clear_below : rule.above);
  return quantile.value > *bound.span ? ConditionState::yes : ConditionState::no;
}

// Judges a check in all windows: yes if slow in each, no if not slow in one.
Evaluation slow_check(const Instance& instance, const CheckPtr& check, EvalContext& context,
                      bool firing) {
  const RuleSettings& rule = *instance.rule;
  Evaluation finding;
  finding.check = check;
  finding.holds = ConditionState::yes;
  for (Span window : rule.over) {
    const auto length = std::chrono::ceil<std::chrono::seconds>(window);
    const auto found =
        context.view().quantile(*check, rule.measure, rule.quantile, length, context.seconds());
    const ConditionState one = found ? slow(instance, *found, firing) : ConditionState::unknown;
    if (!finding.quantile) finding.quantile = found;
    if (one == ConditionState::no || finding.holds == ConditionState::yes) finding.holds = one;
    if (one == ConditionState::no) break;
  }
  return finding;
}

int rank(ConditionState holds) {
  return holds == ConditionState::yes ? 2 : holds == ConditionState::no ? 1 : 0;
}

// Order: slow now, then slow before, then the slower.
bool slower(const Evaluation& a, const Evaluation& b, const SeenAt& seen) {
  if ((a.holds == ConditionState::yes) != (b.holds == ConditionState::yes))
    return a.holds == ConditionState::yes;
  const bool was = seen.contains(key_of(*a.check));
  if (was != seen.contains(key_of(*b.check))) return was;
  if (rank(a.holds) != rank(b.holds)) return rank(a.holds) > rank(b.holds);
  return a.quantile && (!b.quantile || a.quantile->value > b.quantile->value);
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

}  // namespace

// A check that was slow and no longer passes has unknown latency, so it does not count as
// recovered.
Evaluation judge_latency(const Instance& instance, EvalContext& context, const PriorState& past) {
  Evaluation found;
  SeenAt seen = past.seen;
  bool known = false, unsure = false;
  for (const auto& check : instance.checks) {
    Evaluation one = slow_check(instance, check, context, past.firing);
    if (one.holds == ConditionState::yes) seen.try_emplace(key_of(*check), context.now());
    known |= one.holds == ConditionState::no;
    unsure |= one.holds == ConditionState::unknown && past.seen.contains(key_of(*check));
    if (!found.check || slower(one, found, past.seen)) found = std::move(one);
  }
  if (found.holds != ConditionState::yes)
    found.holds = known && !unsure ? ConditionState::no : ConditionState::unknown;
  found.seen = std::move(seen);
  return found;
}

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

// A certificate that a check met and no longer meets is not the target's any more; unknown until
// all checks have been looked at.
Evaluation judge_certificate(const Instance& instance, EvalContext& context,
                             const PriorState& past) {
  const RuleSettings& rule = *instance.rule;
  Evaluation finding;
  finding.check = instance.checks.front();
  bool asked = true;
  std::optional<std::int64_t> not_after;
  for (const auto& check : instance.checks) {
    const CheckStatus& standing = context.standing(*check);
    asked &= standing.certificates_known;
    const auto found = standing.certificates.find(instance.endpoint);
    if (found == standing.certificates.end()) continue;
    if (!not_after || found->second < *not_after) finding.check = check;
    not_after = std::min(not_after.value_or(found->second), found->second);
  }
  if (!not_after) {
    finding.holds = asked ? ConditionState::no : ConditionState::unknown;
    return finding;
  }
  finding.left = std::chrono::seconds(*not_after) - context.seconds();
  const Bound& bound = *(past.firing && rule.clear_above ? rule.clear_above : rule.below);
  finding.holds = finding.left < *bound.span ? ConditionState::yes : ConditionState::no;
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

}  // namespace sonde::alert
