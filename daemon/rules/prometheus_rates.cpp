#include <fmt/format.h>

#include <algorithm>

#include "daemon/rules/prometheus_question.hpp"

namespace sonde::rules {
namespace {

using rules::all;
using rules::any;

struct Counted {
  std::string attempts, failures;
};

// `more`: matchers beside the rule's own.
Counted count(const alert::RuleSettings& rule, alert::AlertOf rate, Span window,
              PrometheusTallies& tallies, const rules::Matchers& more = {}) {
  rules::Matchers matchers = rules::both(rules::matchers(rule.where), more);
  if (!rule.event.empty()) matchers.push_back(rules::equals("event", rule.event));
  const auto of_rule = [&](const std::string& recorded) {
    const std::string one = rules::series(recorded, matchers);
    return prometheus_by_check(rule) ? one : fmt::format("sum without (probe, kind) ({})", one);
  };
  const auto names = tallies.recorded(rate, window);
  return {.attempts = of_rule(names.attempts), .failures = of_rule(names.failures)};
}

// "Below 90 %" is "more than 10 % failed".
std::string beyond(const Counted& counted, std::string_view op, Millionths succeeded) {
  return rules::against(counted.failures, op, {kWhole - succeeded, kWhole}, counted.attempts);
}

std::string enough(const alert::RuleSettings& rule, const Counted& counted) {
  return fmt::format("{} >= {}", counted.attempts, std::max(rule.min_samples, 1));
}

// In one of the windows it is well again.
std::string well(const alert::RuleSettings& rule, PrometheusTallies& tallies,
                 const rules::Matchers& more = {}) {
  const Millionths clear = alert::millionths(*rule.clear_above.value_or(*rule.below).share);
  std::vector<std::string> parts;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies, more);
    parts.push_back(all({beyond(counted, "<=", clear), enough(rule, counted)}));
  }
  return any(parts);
}

// A cached token makes no login, and upgrades with it that succeed show that the login was good.
std::string well_by_upgrade(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  std::vector<std::string> logins;
  logins.reserve(rule.over.size());
  for (const Span window : rule.over)
    logins.push_back(
        enough(rule, count(rule, rule.of, window, tallies, {rules::equals("step", "login")})));
  const std::string upgrades = well(rule, tallies, {rules::equals("step", "upgrade")});
  return fmt::format("label_replace({}, \"step\", \"login\", \"\", \"\")\nunless {}",
                     rules::block(upgrades), rules::block(any(logins)));
}

}  // namespace

PrometheusQuestion ask_rate(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths bound = alert::millionths(*rule.below->share);
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
  if (rule.of == alert::AlertOf::auth_success)
    clears = any({clears, rules::block(well_by_upgrade(rule, tallies))});
  return {.value = value, .fires = all(fires), .clears = clears};
}

PrometheusQuestion ask_burn(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths allowed = kWhole - alert::millionths(rule.objective);
  std::vector<std::string> burning, counted;
  std::string value;
  for (const BurnPair& pair : kBurnPairs) {
    if ((pair.urgency == Urgency::page) != (rule.burn == alert::Burn::page)) continue;
    const auto lengthy = count(rule, rule.rate, pair.lengthy.length, tallies);
    const auto brief = count(rule, rule.rate, pair.brief.length, tallies);
    const rules::Share share{std::uint64_t{pair.tenths} * allowed, std::uint64_t{kWhole} * 10};
    burning.push_back(rules::block(
        all({rules::against(lengthy.failures, ">", share, lengthy.attempts),
             rules::against(brief.failures, ">", share, brief.attempts),
             fmt::format("{} >= {}", lengthy.failures, std::max(rule.min_failures, 1))})));
    counted.push_back(fmt::format("{} > 0", brief.attempts));
    if (value.empty())
      value = fmt::format("{} / {} / {}", lengthy.failures, lengthy.attempts,
                          rules::number(static_cast<double>(allowed) / kWhole));
  }
  const std::string fires = any(burning);
  return {
      .value = value, .fires = fires, .clears = all(counted) + "\nunless " + rules::block(fires)};
}

}  // namespace sonde::rules
