#include "daemon/alert/rule_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"
#include "tests/daemon/core/hand_view.hpp"

namespace sonde::alert::rule_settings_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;

struct Loaded {
  std::vector<RuleSettings> rules;
  std::string notified;
};

Loaded load(const std::string& alerts) {
  HandView view;
  for (const std::string kind : {"health", "login", "upgrade", "chat"}) view.add(kind);
  view.add("login", "production");
  config::Mistakes mistakes;
  std::map<std::string, RuleSettings> entries;
  const auto root = config::parse("alerts:\n" + alerts, "s.yaml", mistakes);
  if (!root) return {{}, config::lines(mistakes)};
  const config::Reader reader = config::Reader(mistakes).at("alerts");
  config::Codec<std::map<std::string, RuleSettings>>::read(*root->find("alerts"), reader,
                                                           {.filled = true}, entries);
  auto rules = make_rules(entries, *root, view.checks(), mistakes);
  return {std::move(rules), config::lines(mistakes)};
}

RuleSettings good(const std::string& entry) {
  auto loaded = load("  A: " + entry);
  EXPECT_EQ(loaded.notified, "");
  return loaded.rules.at(0);
}

std::string notified(const std::string& entry) { return load("  A: " + entry).notified; }

TEST(RuleSettings, AreReadAsTheDesignWritesThem) {
  const auto loaded = load(
      "  AuthSuccessRateLow: { of: auth_success, below: 90%, over: [10m, 30m], for: 2m, "
      "min_samples: 10, severity: critical }\n"
      "  ToolResultsLost: { of: event_delivery, event: tool_completed, below: 99%, over: 6h, "
      "min_failures: 5, severity: warning, where: { target: staging } }\n");
  EXPECT_EQ(loaded.notified, "");
  const auto& low = loaded.rules.at(0);
  EXPECT_EQ(low.name, "AuthSuccessRateLow");
  EXPECT_EQ(low.of, AlertOf::auth_success);
  EXPECT_EQ(millionths(*low.below->share), 900'000);
  EXPECT_EQ(low.over, (std::vector<Span>{minutes(10), minutes(30)}));
  EXPECT_EQ(low.hold, minutes(2));
  EXPECT_EQ(low.severity, Severity::critical);
  const auto& lost = loaded.rules.at(1);
  EXPECT_EQ(lost.event, "tool_completed");
  EXPECT_EQ(lost.over, std::vector<Span>{hours(6)});
  EXPECT_EQ(lost.min_failures, 5);
  EXPECT_EQ(lost.where.target, std::vector<std::string>{"staging"});
}

TEST(RuleSettings, FillInWhatIsNotWritten) {
  const auto rate = good("{ of: probe_success, below: 90% }");
  EXPECT_EQ(rate.over, std::vector<Span>{minutes(10)});
  EXPECT_EQ(millionths(*rate.clear_above->share), 930'000);
  EXPECT_EQ(rate.min_samples, 10);
  EXPECT_EQ(rate.keep_firing_for, minutes(5));
  EXPECT_EQ(rate.severity, Severity::warning);
  const auto open = good("{ of: reason, reasons: auth_fail_open }");
  EXPECT_EQ(open.above->count, 0);
  EXPECT_EQ(open.hold, Span{});
  const auto row = good("{ of: consecutive_failures }");
  EXPECT_EQ(row.above->count, 2);
  EXPECT_TRUE(row.over.empty());
  EXPECT_EQ(good("{ of: certificate_expiry }").below->span, hours(14 * 24));
  EXPECT_EQ(good("{ of: burn_rate, objective: 99.9% }").min_failures, 3);
  EXPECT_EQ(good("{ of: false_green }").by, InstanceBy::target);
}

TEST(RuleSettings, AMinimumOfFailuresStandsForTheOneOfSamples) {
  EXPECT_EQ(good("{ of: probe_success, below: 99%, min_failures: 5 }").min_samples, 1);
  EXPECT_EQ(good("{ of: probe_success, below: 99%, min_failures: 5, min_samples: 20 }").min_samples,
            20);
}

TEST(RuleSettings, ANumberWithoutItsSignIsNoPercentage) {
  EXPECT_EQ(notified("{ of: auth_success, below: 90 }"),
            "s.yaml:2:33: alerts.A.below: a percentage is expected here, such as 90%; the % is "
            "missing\n");
  EXPECT_THAT(notified("{ of: auth_success, below: 2s }"),
              HasSubstr("a percentage is expected here"));
  EXPECT_THAT(notified("{ of: latency, above: 90% }"), HasSubstr("a duration is expected here"));
  EXPECT_THAT(notified("{ of: consecutive_failures, above: 3s }"),
              HasSubstr("a whole number is expected here"));
  EXPECT_THAT(notified("{ of: auth_success, below: ninety }"), HasSubstr("not 'ninety'"));
  EXPECT_THAT(notified("{ of: auth_success, below: 0% }"), HasSubstr("nothing is ever below 0%"));
  EXPECT_THAT(notified("{ of: auth_success, below: 99.99999% }"),
              HasSubstr("to the fourth decimal"));
  good("{ of: auth_success, below: 99.9999% }");
}

TEST(RuleSettings, MissTheBoundThatHasNoDefault) {
  EXPECT_THAT(notified("{ of: auth_success }"), HasSubstr("alerts.A.below: say when it fires"));
  EXPECT_THAT(notified("{ of: latency }"), HasSubstr("alerts.A.above: say when it fires"));
}

TEST(RuleSettings, RefuseKeysThatSayNothingOfTheirSubject) {
  EXPECT_THAT(
      notified("{ of: consecutive_failures, over: 5m }"),
      HasSubstr("alerts.A.over: does not apply to 'consecutive_failures', which takes above"));
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, above: 3 }"),
              HasSubstr("alerts.A.above: does not apply to"));
  EXPECT_THAT(notified("{ of: reason }"), HasSubstr("name the reasons"));
  EXPECT_THAT(notified("{ of: reason, reasons: own_dns }"), HasSubstr("is not known here"));
  EXPECT_THAT(notified("{ of: burn_rate, rate: latency }"),
              HasSubstr("alerts.A.rate: only auth_success, event_delivery and probe_success"));
  EXPECT_THAT(notified("{ of: burn_rate, rate: burn_rate }"),
              HasSubstr("alerts.A.rate: only auth_success, event_delivery and probe_success"));
  EXPECT_THAT(notified("{ of: false_green, by: probe }"), HasSubstr("by: target"));
}

TEST(RuleSettings, ClearOnTheFarSideOfTheBound) {
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, clear_above: 85% }"),
              HasSubstr("it would clear at 85% while it fires below 90%"));
  EXPECT_THAT(notified("{ of: latency, above: 2s, clear_below: 3s }"),
              HasSubstr("it would clear at 3s while it fires above 2s"));
  good("{ of: latency, above: 2s, clear_below: 1s }");
}

TEST(RuleSettings, KeepWindowsBetweenTenSecondsAndThirtyDays) {
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, over: [5s] }"), HasSubstr("10s to 30d"));
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, over: 31d }"), HasSubstr("10s to 30d"));
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, over: [] }"), HasSubstr("at least 1 item"));
}

TEST(RuleSettings, WarnOfAWindowThatCannotHoldItsSamples) {
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, over: 2m, where: { kind: chat } }"),
              HasSubstr("2m holds 8 runs of 'chat' (every 15s), fewer than min_samples"));
  EXPECT_THAT(notified("{ of: probe_success, below: 90%, over: 20s, min_samples: 1, where: { kind: "
                       "chat } }"),
              HasSubstr("20s is emptied by one skipped run of 'chat' (every 15s)"));
}

TEST(RuleSettings, NameTheProbeThatWasMeant) {
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, where: { probe: logn } }"),
              HasSubstr("alerts.A.where.probe: there is no 'logn'; did you mean 'login'"));
  EXPECT_THAT(
      notified("{ of: auth_success, below: 90%, where: { kind: chat, target: production } }"),
      HasSubstr("there is no such probe"));
  EXPECT_THAT(notified("{ of: event_delivery, event: agent_startd, below: 99% }"),
              HasSubstr("no probe that it watches hears 'agent_startd'"));
  EXPECT_THAT(notified("{ of: auth_success, below: 90%, where: { kind: health } }"),
              HasSubstr("no probe that it watches measures this"));
  EXPECT_THAT(notified("{ of: false_green, where: { target: production } }"),
              HasSubstr("no target that it watches has a health probe"));
}

TEST(RuleSettings, RefuseNamesThatPrometheusWouldRefuse) {
  EXPECT_THAT(load("  my-alert: { of: consecutive_failures }").notified, HasSubstr("[a-zA-Z_]"));
  for (const std::string name : {"Watchdog", "SondeBlind", "SondeDown", "SondeWhatMayCome"})
    EXPECT_THAT(load("  " + name + ": { of: consecutive_failures }").notified,
                HasSubstr("of its own"))
        << name;
  EXPECT_THAT(load("  MySonde: { of: consecutive_failures }").notified,
              Not(HasSubstr("of its own")));
  EXPECT_THAT(notified("{ of: consecutive_failures, labels: { team-a: x } }"),
              HasSubstr("alerts.A.labels.team-a"));
  EXPECT_THAT(notified("{ of: consecutive_failures, labels: { probe: x } }"),
              HasSubstr("set by the daemon"));
  EXPECT_THAT(notified("{ of: consecutive_failures, annotations: { summary: x } }"),
              HasSubstr("set by the daemon"));
  EXPECT_THAT(notified("{ of: consecutive_failures, runbook: docs/a.md }"),
              HasSubstr("an address is expected here"));
}

TEST(RuleSettings, ChangeTheirChecksumWithTheEntryAlone) {
  const auto one = good("{ of: consecutive_failures }");
  EXPECT_EQ(one.checksum, good("{ of: consecutive_failures }").checksum);
  EXPECT_NE(one.checksum, good("{ of: consecutive_failures, above: 3 }").checksum);
}

}  // namespace
}  // namespace sonde::alert::rule_settings_test
