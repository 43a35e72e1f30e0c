#include "daemon/alert/rule_subject.hpp"

#include <algorithm>
#include <array>

#include "daemon/alert/subject_failures.hpp"
#include "daemon/alert/subject_measured.hpp"
#include "daemon/alert/subject_rate.hpp"
#include "probes/core/reason.hpp"

namespace sonde::alert {
namespace {

bool any(const RuleSettings&, const Check&) { return true; }

bool on_path(const RuleSettings&, const Check& check) { return is_on_path(check.steps); }

bool logs_in(const RuleSettings&, const Check& check) {
  return goes_through(check, Step::login) || goes_through(check, Step::upgrade);
}

bool hears(const RuleSettings& rule, const Check& check) {
  return rule.event.empty() ? !check.events.empty()
                            : std::ranges::find(check.events, rule.event) != check.events.end();
}

bool takes_time(const RuleSettings& rule, const Check& check) {
  if (rule.measure == Timed::duration) return true;
  return rule.measure == Timed::ready ? goes_through(check, Step::ready) : !check.events.empty();
}

bool can_give(const RuleSettings& rule, const Check& check) {
  const auto pairs = pairs_of(check.steps);
  return std::ranges::any_of(pairs, [&](const Pair& pair) {
    return std::ranges::find(rule.reasons, pair.reason) != rule.reasons.end();
  });
}

bool of_rate(const RuleSettings& rule, const Check& check) {
  return rule.rate <= AlertOf::probe_success && subject(rule.rate).concerns(rule, check);
}

const Bound two{.share = {}, .span = {}, .count = 2};
const Bound none{.share = {}, .span = {}, .count = 0};
const Bound fortnight{.share = {}, .span = std::chrono::hours(14 * 24), .count = {}};

using enum Step;
const std::vector<Step> authentication = {login, upgrade, ready};
const std::vector<Step> conversation = {events, answer};
const std::vector<Step> anywhere = [] {
  std::vector<Step> all;
  for (const StepRow& row : steps()) all.push_back(row.step);
  return all;
}();

const std::vector<std::string_view> of_rates = {"below", "clear_above", "over", "min_samples",
                                                "min_failures"};

using enum Measured;
using enum IncidentRole;

// One row for each AlertOf, in order.
const std::array<RuleSubject, 9> subjects = {{
    {.name = "auth_success",
     .measured = share,
     .falls = true,
     .keys = of_rates,
     .concerns = logs_in,
     .judge = judge_rate,
     .value = value_of_rate,
     .headline = headline_of_auth,
     .part = path,
     .counts = authentication},
    {.name = "event_delivery",
     .measured = share,
     .falls = true,
     .keys = {"event", "below", "clear_above", "over", "min_samples", "min_failures"},
     .concerns = hears,
     .judge = judge_rate,
     .value = value_of_rate,
     .headline = headline_of_delivery,
     .part = path,
     .counts = conversation},
    {.name = "probe_success",
     .measured = share,
     .falls = true,
     .keys = of_rates,
     .concerns = any,
     .judge = judge_rate,
     .value = value_of_rate,
     .headline = headline_of_success,
     .part = path,
     .counts = anywhere},
    {.name = "latency",
     .measured = span,
     .falls = false,
     .keys = {"measure", "quantile", "above", "clear_below", "over", "min_samples"},
     .concerns = takes_time,
     .judge = judge_latency,
     .value = value_of_latency,
     .headline = headline_of_latency,
     .part = beside},
    {.name = "consecutive_failures",
     .measured = count,
     .falls = false,
     .usual = two,
     .keys = {"above", "clear_below"},
     .concerns = any,
     .judge = judge_row,
     .value = value_of_count,
     .headline = headline_of_row,
     .part = path,
     .counts = anywhere,
     .recovered = recovered_row},
    {.name = "certificate_expiry",
     .measured = span,
     .falls = true,
     .usual = fortnight,
     .keys = {"below", "clear_above"},
     .concerns = any,
     .judge = judge_certificate,
     .value = value_of_certificate,
     .headline = headline_of_certificate,
     .part = apart,
     .counts = {},
     .recovered = recovered_certificate},
    {.name = "reason",
     .measured = count,
     .falls = false,
     .usual = none,
     .keys = {"reasons", "above", "clear_below", "over"},
     .concerns = can_give,
     .judge = judge_reason,
     .value = value_of_count,
     .headline = headline_of_reason,
     .part = path,
     .counts = anywhere,
     .recovered = recovered_reason},
    {.name = "false_green",
     .measured = count,
     .falls = false,
     .usual = two,
     .keys = {"above", "clear_below"},
     .concerns = on_path,
     .judge = judge_false_green,
     .value = value_of_count,
     .headline = headline_of_false_green,
     .part = beside,
     .counts = anywhere,
     .recovered = recovered_false_green},
    {.name = "burn_rate",
     .measured = burn,
     .falls = true,
     .keys = {"rate", "event", "objective", "burn", "min_failures"},
     .concerns = of_rate,
     .judge = judge_burn,
     .value = value_of_rate,
     .headline = headline_of_burn,
     .part = beside},
}};

}  // namespace

// Isolation comes after the path, and fails for reasons that health does not cover.
bool is_on_path(std::span<const Step> steps) {
  return std::ranges::any_of(steps, [](Step step) { return row(step).place.has_value(); }) &&
         std::ranges::find(steps, Step::isolation) == steps.end();
}

bool goes_through(const Check& check, Step step) {
  return std::ranges::find(check.steps, step) != check.steps.end();
}

bool RuleSubject::has(std::string_view key) const {
  return std::ranges::find(keys, key) != keys.end();
}

const RuleSubject& subject(AlertOf of) { return subjects[static_cast<std::size_t>(of)]; }

std::span<const config::Named<AlertOf>> names_of(const AlertOf*) {
  static const auto names = [] {
    std::vector<config::Named<AlertOf>> all;
    all.reserve(subjects.size());
    for (const auto& row : subjects) all.emplace_back(row.name, static_cast<AlertOf>(all.size()));
    return all;
  }();
  return names;
}

bool concerns(const RuleSettings& rule, const Check& check) {
  return selects(rule.where, check) && subject(rule.of).concerns(rule, check);
}

bool always_pages(const RuleSettings& rule) {
  return rule.of == AlertOf::reason &&
         std::ranges::any_of(rule.reasons, [](Reason reason) { return row(reason).grave; });
}

}  // namespace sonde::alert
