#include <algorithm>

#include "daemon/alert/condition.hpp"
#include "daemon/core/change.hpp"
#include "daemon/core/objective.hpp"

namespace sonde::alert {
namespace {

std::chrono::seconds whole(Span span) { return std::chrono::ceil<std::chrono::seconds>(span); }

Tally sum(const Instance& instance, EvalContext& context, const Rate& rate, Span window) {
  Tally sum;
  for (const auto& check : instance.checks) {
    const Tally one = context.view().tally(*check, rate, whole(window), context.seconds());
    sum.attempts += one.attempts;
    sum.failures += one.failures;
  }
  return sum;
}

std::vector<WindowSample> look(const Instance& instance, EvalContext& context, const Rate& rate,
                               std::span<const Span> windows) {
  std::vector<WindowSample> all;
  all.reserve(windows.size());
  for (Span window : windows) all.push_back({window, sum(instance, context, rate, window)});
  return all;
}

// Finds the checks with failures in the first window, and the worst of them.
void find_checks(Evaluation& finding, const Instance& instance, EvalContext& context,
                 const PriorState& past) {
  finding.check = instance.checks.front();
  if (instance.checks.size() == 1 || finding.stretches.empty()) return;
  finding.seen = past.seen;
  std::uint64_t most = 0;
  for (const auto& check : instance.checks) {
    const Span window = finding.stretches.front().window;
    const Tally one = context.view().tally(*check, finding.rate, whole(window), context.seconds());
    if (one.failures == 0) continue;
    finding.seen.try_emplace(key_of(*check), context.now());
    if (one.failures <= most) continue;
    most = one.failures;
    finding.check = check;
  }
}

// yes: below the bound in every window; no: not below it in one window with enough samples. For a
// firing alert the clear bound is used instead.
ConditionState weigh(const RuleSettings& rule, const std::vector<WindowSample>& stretches,
                     bool firing) {
  const Millionths bound = millionths(*(firing ? rule.clear_above : rule.below)->share);
  ConditionState holds = ConditionState::yes;
  for (const auto& [window, tally] : stretches) {
    const bool enough = tally.attempts >= static_cast<std::uint64_t>(rule.min_samples);
    const bool many = firing || tally.failures >= static_cast<std::uint64_t>(rule.min_failures);
    if (enough && !(below(tally, bound) && many)) return ConditionState::no;
    if (!enough) holds = ConditionState::unknown;
  }
  return holds;
}

// Whether `a` failed more of its attempts.
bool worse(const Tally& a, const Tally& b) {
  return a.failures * std::max<std::uint64_t>(b.attempts, 1) >
         b.failures * std::max<std::uint64_t>(a.attempts, 1);
}

// Order of display: a condition that holds, then one that fired before, then the worse rate.
bool tells_more(const Evaluation& a, const Evaluation& b, const PriorState& past) {
  if ((a.holds == ConditionState::yes) != (b.holds == ConditionState::yes))
    return a.holds == ConditionState::yes;
  if ((past.blamed == a.rate) != (past.blamed == b.rate)) return past.blamed == a.rate;
  return worse(a.stretches.front().tally, b.stretches.front().tally);
}

// One rate that holds is sufficient. A rate with too few samples is ignored if another has enough
// (a cached token causes no login, and an upgrade with it shows that the login worked).
Evaluation worst(const std::vector<Evaluation>& all, const PriorState& past) {
  if (all.empty()) return {};
  Evaluation found = all.front();
  bool known = false;
  for (const auto& one : all) {
    known |= one.holds == ConditionState::no;
    if (tells_more(one, found, past)) found = one;
  }
  if (found.holds != ConditionState::yes)
    found.holds = known ? ConditionState::no : ConditionState::unknown;
  return found;
}

// If a pair burns: yes, with its windows; otherwise with the windows of the first pair.
Evaluation burning(const Instance& instance, EvalContext& context, const Rate& rate) {
  const RuleSettings& rule = *instance.rule;
  const Objective objective{millionths(rule.objective),
                            static_cast<std::uint64_t>(rule.min_failures)};
  Evaluation finding;
  for (const BurnPair& pair : pairs_of(rule.burn)) {
    const std::array<Span, 2> windows = {pair.lengthy.length, pair.brief.length};
    auto stretches = look(instance, context, rate, windows);
    const bool burns = sonde::burns(objective, pair, stretches[0].tally, stretches[1].tally);
    if (burns)
      finding.holds = ConditionState::yes;
    else if (stretches[1].tally.attempts > 0)
      finding.holds = ConditionState::no;
    if (burns || finding.stretches.empty()) finding.stretches = std::move(stretches);
    if (burns) break;
  }
  return finding;
}

}  // namespace

std::span<const BurnPair> pairs_of(Burn burn) {
  return std::span(kBurnPairs).subspan(burn == Burn::page ? 0 : 2, 2);
}

std::vector<Rate> rates_of(AlertOf of, const RuleSettings& rule, std::span<const CheckPtr> checks) {
  if (of == AlertOf::auth_success)
    return {{.of = RateOf::auth, .step = Step::login, .event = {}},
            {.of = RateOf::auth, .step = Step::upgrade, .event = {}}};
  if (of != AlertOf::event_delivery) return {{}};
  std::vector<Rate> all;
  for (const auto& check : checks)
    for (const auto& event : check->events) {
      Rate rate{.of = RateOf::delivery, .step = Step::login, .event = event};
      const bool asked = rule.event.empty() || rule.event == event;
      if (asked && std::ranges::find(all, rate) == all.end()) all.push_back(std::move(rate));
    }
  return all;
}

Evaluation judge_rate(const Instance& instance, EvalContext& context, const PriorState& past) {
  std::vector<Evaluation> all;
  for (const Rate& rate : rates_of(instance.rule->of, *instance.rule, instance.checks)) {
    Evaluation one;
    one.rate = rate;
    one.stretches = look(instance, context, rate, instance.rule->over);
    const bool firing = past.firing && (!past.blamed || *past.blamed == rate);
    one.holds = weigh(*instance.rule, one.stretches, firing);
    all.push_back(std::move(one));
  }
  Evaluation found = worst(all, past);
  find_checks(found, instance, context, past);
  return found;
}

Evaluation judge_burn(const Instance& instance, EvalContext& context, const PriorState& past) {
  std::vector<Evaluation> all;
  for (const Rate& rate : rates_of(instance.rule->rate, *instance.rule, instance.checks)) {
    Evaluation one = burning(instance, context, rate);
    one.rate = rate;
    all.push_back(std::move(one));
  }
  Evaluation found = worst(all, past);
  find_checks(found, instance, context, past);
  return found;
}

}  // namespace sonde::alert
