#include "daemon/alert/subject_rate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/alert_text.hpp"
#include "daemon/core/change.hpp"

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

// "no login in 10m"
std::string nothing(const Rate& rate, Span window) {
  std::string what = "run";
  if (rate.of == RateOf::auth) what = name(rate.step);
  if (rate.of == RateOf::delivery) what = "attempt to deliver " + rate.event;
  return fmt::format("no {} in {}", what, config::show(window));
}

bool is_empty(const WindowSample& sample) { return sample.tally.attempts == 0; }

std::string show_window(const Rate& rate, const WindowSample& sample) {
  if (is_empty(sample)) return nothing(rate, sample.window);
  return fmt::format("{} over {}", show_success(sample.tally), config::show(sample.window));
}

// "72.0 % (18 of 25) over 10m, 80.0 % (60 of 75) over 30m"; windows without an attempt come last.
std::string over(const Evaluation& finding) {
  std::string all;
  for (const bool empty : {false, true})
    for (const WindowSample& sample : finding.stretches)
      if (is_empty(sample) == empty)
        all += (all.empty() ? "" : ", ") + show_window(finding.rate, sample);
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

std::string value_of_rate(const Evaluation& finding) {
  if (finding.stretches.empty()) return "";
  const WindowSample& first = finding.stretches.front();
  return is_empty(first) ? nothing(finding.rate, first.window) : show_success(first.tally);
}

std::string headline_of_success(const Instance& instance, const Evaluation& finding, EvalContext&) {
  const auto& windows = finding.stretches;
  if (!windows.empty() && std::ranges::all_of(windows, is_empty)) {
    const Span longest = std::ranges::max(windows, {}, &WindowSample::window).window;
    return fmt::format("{} on {}", nothing(finding.rate, longest), instance.target);
  }
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
      is_empty(lengthy) ? nothing(finding.rate, lengthy.window) : show_success(lengthy.tally),
      show_share(millionths(rule.objective)), budget_of(instance, finding.rate, context));
}

}  // namespace sonde::alert
