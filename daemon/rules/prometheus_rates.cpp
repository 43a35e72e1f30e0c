#include <fmt/format.h>

#include <algorithm>

#include "daemon/rules/prometheus_question.hpp"

namespace sonde {
namespace {

using promql::all;
using promql::any;

struct Counted {
  std::string attempts, failures;
};

// `more`: matchers beside the rule's own.
Counted count(const RuleSettings& rule, AlertOf rate, Span window, PrometheusTallies& tallies,
              const promql::Matchers& more = {}) {
  promql::Matchers matchers = promql::both(promql::matchers(rule.where), more);
  if (!rule.event.empty()) matchers.push_back(promql::equals("event", rule.event));
  const auto of_rule = [&](const std::string& recorded) {
    const std::string one = promql::series(recorded, matchers);
    return prometheus_by_check(rule) ? one : fmt::format("sum without (probe, kind) ({})", one);
  };
  const auto names = tallies.recorded(rate, window);
  return {.attempts = of_rule(names.attempts), .failures = of_rule(names.failures)};
}

// "Below 90 %" is "more than 10 % failed".
std::string beyond(const Counted& counted, std::string_view op, Millionths succeeded) {
  return promql::against(counted.failures, op, {kWhole - succeeded, kWhole}, counted.attempts);
}

std::string enough(const RuleSettings& rule, const Counted& counted) {
  return fmt::format("{} >= {}", counted.attempts, std::max(rule.min_samples, 1));
}

// In one of the windows it is well again.
std::string well(const RuleSettings& rule, PrometheusTallies& tallies,
                 const promql::Matchers& more = {}) {
  const Millionths clear = millionths(*rule.clear_above.value_or(*rule.below).share);
  std::vector<std::string> parts;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies, more);
    parts.push_back(all({beyond(counted, "<=", clear), enough(rule, counted)}));
  }
  return any(parts);
}

// A cached token makes no login, and upgrades with it that succeed show that the login was good.
std::string well_by_upgrade(const RuleSettings& rule, PrometheusTallies& tallies) {
  std::vector<std::string> logins;
  logins.reserve(rule.over.size());
  for (const Span window : rule.over)
    logins.push_back(
        enough(rule, count(rule, rule.of, window, tallies, {promql::equals("step", "login")})));
  const std::string upgrades = well(rule, tallies, {promql::equals("step", "upgrade")});
  return fmt::format("label_replace({}, \"step\", \"login\", \"\", \"\")\nunless {}",
                     promql::block(upgrades), promql::block(any(logins)));
}

}  // namespace

PrometheusQuestion ask_rate(const RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths bound = millionths(*rule.below->share);
  std::vector<std::string> fires;
  std::string value;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies);
    if (value.empty()) value = fmt::format("1 - {} / {}", counted.failures, counted.attempts);
    fires.push_back(beyond(counted, ">", bound));
    fires.push_back(enough(rule, counted));
    if (rule.min_failures > 0)
      fires.push_back(fmt::format("{} >= {}", counted.failures, rule.min_failures));
  }
  std::string clears = well(rule, tallies);
  if (rule.of == AlertOf::auth_success)
    clears = any({clears, promql::block(well_by_upgrade(rule, tallies))});
  return {.value = value, .fires = all(fires), .clears = clears};
}

PrometheusQuestion ask_burn(const RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths allowed = kWhole - millionths(rule.objective);
  std::vector<std::string> burning, counted;
  std::string value;
  for (const BurnPair& pair : kBurnPairs) {
    if ((pair.urgency == Urgency::page) != (rule.burn == Burn::page)) continue;
    const auto lengthy = count(rule, rule.rate, pair.lengthy.length, tallies);
    const auto brief = count(rule, rule.rate, pair.brief.length, tallies);
    const promql::Share share{std::uint64_t{pair.tenths} * allowed, std::uint64_t{kWhole} * 10};
    burning.push_back(promql::block(
        all({promql::against(lengthy.failures, ">", share, lengthy.attempts),
             promql::against(brief.failures, ">", share, brief.attempts),
             fmt::format("{} >= {}", lengthy.failures, std::max(rule.min_failures, 1))})));
    counted.push_back(fmt::format("{} > 0", brief.attempts));
    if (value.empty())
      value = fmt::format("{} / {} / {}", lengthy.failures, lengthy.attempts,
                          promql::number(static_cast<double>(allowed) / kWhole));
  }
  const std::string fires = any(burning);
  return {
      .value = value, .fires = fires, .clears = all(counted) + "\nunless " + promql::block(fires)};
}

}  // namespace sonde
