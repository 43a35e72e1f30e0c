#include <fmt/format.h>

#include <algorithm>

#include "daemon/rules/prometheus_question.hpp"
#include "daemon/rules/prometheus_quorum.hpp"

// The questions of rates and of their error budgets.
namespace sonde::rules {

namespace {

struct Counted {
  std::string attempts, failures;
};

// `more`: matchers in addition to the rule's own.
Counted count(const alert::RuleSettings& rule, alert::AlertOf rate, Span window,
              PrometheusTallies& tallies, const Matchers& more = {}) {
  Matchers matchers = both(rules::matchers(rule.where), more);
  if (!rule.event.empty()) matchers.push_back(equals("event", rule.event));
  const auto of_rule = [&](const std::string& recorded) {
    const std::string one = series(recorded, matchers);
    return prometheus_by_check(rule) ? one : fmt::format("sum without (probe, kind) ({})", one);
  };
  const auto names = tallies.recorded(rate, window);
  return {.attempts = of_rule(names.attempts), .failures = of_rule(names.failures)};
}

// "Below 90 %" means "more than 10 % failed".
std::string beyond(const Counted& counted, std::string_view op, Millionths succeeded) {
  return against(counted.failures, op, {kWhole - succeeded, kWhole}, counted.attempts);
}

std::string enough(const alert::RuleSettings& rule, const Counted& counted) {
  return fmt::format("{} >= {}", counted.attempts, std::max(rule.min_samples, 1));
}

std::string enough_failures(const alert::RuleSettings& rule, const std::string& failures) {
  return fmt::format("{} >= {}", failures, rule.min_failures);
}

// Recovered in one of the windows, at half of the locations, with enough samples there.
std::string well(const alert::RuleSettings& rule, PrometheusTallies& tallies,
                 const Matchers& more = {}) {
  const Millionths clear = alert::millionths(*rule.clear_above.value_or(*rule.below).share);
  std::vector<std::string> parts;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies, more);
    const std::string recovered = all({counted.attempts, beyond(counted, "<=", clear)});
    parts.push_back(all({half(recovered, counted.attempts),
                         enough(rule, {.attempts = total(recovered), .failures = {}})}));
  }
  return any(parts);
}

// A cached token causes no login, and successful upgrades with it prove that the login worked.
std::string well_by_upgrade(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  std::vector<std::string> logins;
  logins.reserve(rule.over.size());
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies, {equals("step", "login")});
    logins.push_back(enough(rule, {.attempts = total(counted.attempts), .failures = {}}));
  }
  const std::string upgrades = well(rule, tallies, {equals("step", "upgrade")});
  return fmt::format("label_replace({}, \"step\", \"login\", \"\", \"\")\nunless {}",
                     block(upgrades), block(any(logins)));
}

}  // namespace

PrometheusQuestion ask_rate(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths bound = alert::millionths(*rule.below->share);
  const std::string locations = of_rule(kBeyond, rule);
  const auto newest = count(rule, rule.of, *std::ranges::min_element(rule.over), tallies);
  std::vector<std::string> exceeded, fires{most(locations, newest.attempts)}, alone;
  for (const Span window : rule.over) {
    const auto counted = count(rule, rule.of, window, tallies);
    const std::string failures = total(within(counted.failures, locations));
    exceeded.push_back(beyond(counted, ">", bound));
    alone.push_back(enough(rule, counted));
    fires.push_back(enough(
        rule, {.attempts = total(within(counted.attempts, locations)), .failures = failures}));
    if (rule.min_failures == 0) continue;
    alone.push_back(enough_failures(rule, counted.failures));
    fires.push_back(enough_failures(rule, failures));
  }
  const auto counted = count(rule, rule.of, rule.over.front(), tallies);
  const std::string value = there(
      [&counted](std::string_view at) {
        return fmt::format("1 - {} / {}", total(within(counted.failures, at)),
                           total(within(counted.attempts, at)));
      },
      locations);
  std::string clears = well(rule, tallies);
  if (rule.of == alert::AlertOf::auth_success)
    clears = any({clears, block(well_by_upgrade(rule, tallies))});
  return {.value = value,
          .fires = all(fires),
          .clears = clears,
          .beyond = all(exceeded),
          .failing = all({all(exceeded), all(alone)})};
}

PrometheusQuestion ask_burn(const alert::RuleSettings& rule, PrometheusTallies& tallies) {
  const Millionths allowed = kWhole - alert::millionths(rule.objective);
  std::vector<std::string> burning, counted, exceeded, alone;
  std::string value;
  for (const BurnPair& pair : kBurnPairs) {
    if ((pair.urgency == Urgency::page) != (rule.burn == alert::Burn::page)) continue;
    const auto lengthy = count(rule, rule.rate, pair.lengthy.length, tallies);
    const auto brief = count(rule, rule.rate, pair.brief.length, tallies);
    const Share share{std::uint64_t{pair.tenths} * allowed, std::uint64_t{kWhole} * 10};
    const auto sufficient = [&rule](std::string_view failures) {
      return fmt::format("{} >= {}", failures, std::max(rule.min_failures, 1));
    };
    const std::string both = all({against(lengthy.failures, ">", share, lengthy.attempts),
                                  against(brief.failures, ">", share, brief.attempts)});
    exceeded.push_back(block(both));
    alone.push_back(block(all({both, sufficient(lengthy.failures)})));
    burning.push_back(
        block(all({most(both, brief.attempts), sufficient(total(all({lengthy.failures, both})))})));
    counted.push_back(fmt::format("{} > 0", total(brief.attempts)));
    if (value.empty())
      value = there(
          [&lengthy, allowed](std::string_view at) {
            return fmt::format("{} / {} / {}", total(within(lengthy.failures, at)),
                               total(within(lengthy.attempts, at)),
                               number(static_cast<double>(allowed) / kWhole));
          },
          of_rule(kBeyond, rule));
  }
  const std::string fires = any(burning);
  return {.value = value,
          .fires = fires,
          .clears = all(counted) + "\nunless " + block(fires),
          .beyond = any(exceeded),
          .failing = any(alone)};
}

}  // namespace sonde::rules
