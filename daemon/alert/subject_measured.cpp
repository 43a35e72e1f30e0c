#include "daemon/alert/subject_measured.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/alert_text.hpp"
#include "daemon/core/change.hpp"
#include "daemon/core/format.hpp"

namespace sonde::alert {
namespace {

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

std::string value_of_latency(const Evaluation& finding) {
  if (!finding.quantile) return "";
  return fmt::format("{} (of {} runs)", rounded(finding.quantile->value),
                     finding.quantile->samples);
}

std::string headline_of_latency(const Instance& instance, const Evaluation& finding, EvalContext&) {
  const RuleSettings& rule = *instance.rule;
  return fmt::format("{} p{} of {} {} over {} on {}, wanted {}", finding.check->name,
                     config::show_number(rule.quantile * 100),
                     config::Codec<Timed>::show(rule.measure), value_of_latency(finding),
                     config::show(rule.over.front()), instance.target,
                     config::show(*rule.above->span));
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

std::string value_of_certificate(const Evaluation& finding) {
  return finding.left > Span{} ? roughly(finding.left) : "expired";
}

std::string headline_of_certificate(const Instance& instance, const Evaluation& finding,
                                    EvalContext& context) {
  const WallTime at = context.now() + std::chrono::floor<std::chrono::seconds>(finding.left);
  const auto date = as_day(at.time_since_epoch() / std::chrono::seconds(1));
  const bool expired = finding.left <= Span{};
  return fmt::format("certificate of {} on {} {} {}{} ({})", instance.endpoint, instance.target,
                     expired ? "expired" : "expires in",
                     roughly(expired ? -finding.left : finding.left), expired ? " ago" : "", date);
}

std::string recovered_certificate(const Instance& instance, const Evaluation& finding,
                                  const SeenAt&, EvalContext& context) {
  if (has_numbers(instance, finding)) return headline_of_certificate(instance, finding, context);
  return fmt::format("no probe of {} is shown a certificate of {} any more", instance.target,
                     instance.endpoint);
}

}  // namespace sonde::alert
