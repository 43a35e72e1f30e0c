#include "daemon/alert/rule_subject.hpp"

#include <algorithm>
#include <array>

#include "probes/outcome.hpp"

namespace sonde {
namespace {

bool goes_through(const Check& check, Step step) {
  return std::ranges::find(check.steps, step) != check.steps.end();
}

bool any(const RuleSettings&, const Check&) { return true; }

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
  return subject(rule.rate).concerns(rule, check);
}

const Bound two{.share = {}, .span = {}, .count = 2};
const Bound none{.share = {}, .span = {}, .count = 0};
const Bound fortnight{.share = {}, .span = std::chrono::hours(14 * 24), .count = {}};

const std::array<Subject, 9>& subjects() {
  using enum AlertOf;
  using enum Measured;
  static const std::array<Subject, 9> table = {{
      {auth_success,
       "auth_success",
       share,
       true,
       {},
       {"below", "clear_above", "over", "min_samples", "min_failures"},
       logs_in},
      {event_delivery,
       "event_delivery",
       share,
       true,
       {},
       {"event", "below", "clear_above", "over", "min_samples", "min_failures"},
       hears},
      {probe_success,
       "probe_success",
       share,
       true,
       {},
       {"below", "clear_above", "over", "min_samples", "min_failures"},
       any},
      {latency,
       "latency",
       span,
       false,
       {},
       {"measure", "quantile", "above", "clear_below", "over", "min_samples"},
       takes_time},
      {consecutive_failures,
       "consecutive_failures",
       count,
       false,
       two,
       {"above", "clear_below"},
       any},
      {certificate_expiry,
       "certificate_expiry",
       span,
       true,
       fortnight,
       {"below", "clear_above"},
       any},
      {reason, "reason", count, false, none, {"reasons", "above", "clear_below", "over"}, can_give},
      {false_green, "false_green", count, false, two, {"above", "clear_below"}, any},
      {burn_rate,
       "burn_rate",
       burn,
       true,
       {},
       {"rate", "event", "objective", "burn", "min_failures"},
       of_rate},
  }};
  return table;
}

}  // namespace

bool Subject::has(std::string_view key) const { return std::ranges::find(keys, key) != keys.end(); }

const Subject& subject(AlertOf of) { return subjects()[static_cast<std::size_t>(of)]; }

std::span<const config::Named<AlertOf>> names_of(const AlertOf*) {
  static const auto names = [] {
    std::vector<config::Named<AlertOf>> all;
    for (const auto& row : subjects()) all.emplace_back(row.name, row.of);
    return all;
  }();
  return names;
}

bool concerns(const RuleSettings& rule, const Check& check) {
  return selects(rule.where, check) && subject(rule.of).concerns(rule, check);
}

}  // namespace sonde
