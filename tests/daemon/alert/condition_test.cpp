#include "daemon/alert/condition.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/hand_view.hpp"

namespace sonde::condition_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Rate logins{.of = RateOf::auth, .step = Step::login, .event = {}};
const Rate upgrades{.of = RateOf::auth, .step = Step::upgrade, .event = {}};
const Rate runs{};
Rate event(std::string name) {
  return {.of = RateOf::delivery, .step = Step::login, .event = std::move(name)};
}
Bound share(double share) { return {.share = config::Percent{share}, .span = {}, .count = {}}; }
Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }
Bound span(Span span) { return {.share = {}, .span = span, .count = {}}; }

struct ConditionTest : testing::Test {
  HandView view;
  CheckPtr check = view.add("upgrade");
  RuleSettings rule;
  WallTime now{hours(480000)};
  WallTime watched_since = now;

  ConditionTest() {
    rule.name = "A";
    rule.of = AlertOf::auth_success;
    rule.below = share(0.9);
    rule.clear_above = share(0.93);
  }
  Finding find(const Past& past = {}) {
    const auto all = instances_of(std::make_shared<RuleSettings>(rule), view.checks());
    Sight sight(view, now, watched_since);
    return judge(all.at(0), sight, past);
  }
  Holds holds(const Past& past = {}) { return find(past).holds; }
  Holds firing(std::optional<Rate> blamed = {}) { return holds({true, std::move(blamed)}); }
};

TEST_F(ConditionTest, ExactlyNinetyOfAHundredIsSilent) {
  view.tally(check, logins, {100, 10});
  EXPECT_EQ(holds(), Holds::no);
  view.tally(check, logins, {100, 11});
  EXPECT_EQ(holds(), Holds::yes);
  view.tally(check, logins, {10, 1});
  EXPECT_EQ(holds(), Holds::no);
}

TEST_F(ConditionTest, TooFewSamplesSayNothing) {
  view.tally(check, logins, {9, 9});
  EXPECT_EQ(holds(), Holds::unknown);
  EXPECT_EQ(firing(), Holds::unknown);
  view.tally(check, logins, {10, 10});
  EXPECT_EQ(holds(), Holds::yes);
}

TEST_F(ConditionTest, ItIsTheWorseOfLoginsAndUpgradesAndNeverTheirSum) {
  view.tally(check, logins, {100, 0});
  view.tally(check, upgrades, {20, 3});  // 85 %, and 97.5 % of both
  const auto finding = find();
  EXPECT_EQ(finding.holds, Holds::yes);
  EXPECT_EQ(finding.rate, upgrades);
  view.tally(check, logins, {100, 50});
  EXPECT_EQ(find().rate, logins);
}

TEST_F(ConditionTest, UpgradesThatPassSpeakForACachedToken) {
  view.tally(check, logins, {1, 0});
  view.tally(check, upgrades, {40, 0});
  EXPECT_EQ(holds(), Holds::no);
  EXPECT_EQ(firing(logins), Holds::no);
}

TEST_F(ConditionTest, EveryWindowHasToBeBelow) {
  rule.over = {minutes(10), minutes(30)};
  view.tally(check, logins, minutes(10), {40, 20});
  view.tally(check, logins, minutes(30), {120, 10});
  EXPECT_EQ(holds(), Holds::no);
  view.tally(check, logins, minutes(30), {120, 20});
  EXPECT_EQ(holds(), Holds::yes);
  view.tally(check, logins, minutes(10), {5, 5});
  EXPECT_EQ(holds(), Holds::unknown);
  view.tally(check, logins, minutes(30), {120, 10});
  EXPECT_EQ(holds(), Holds::no);
}

TEST_F(ConditionTest, ClearsAtItsClearBoundInOneWindow) {
  rule.over = {minutes(10), minutes(30)};
  view.tally(check, logins, minutes(10), {100, 8});
  view.tally(check, logins, minutes(30), {300, 90});
  EXPECT_EQ(holds(), Holds::no);
  EXPECT_EQ(firing(logins), Holds::yes);
  view.tally(check, logins, minutes(10), {100, 7});
  EXPECT_EQ(firing(logins), Holds::no);
}

TEST_F(ConditionTest, TheClearBoundIsForTheRateThatFires) {
  view.tally(check, logins, {100, 8});
  view.tally(check, upgrades, {100, 0});
  EXPECT_EQ(firing(upgrades), Holds::no);
  EXPECT_EQ(firing(logins), Holds::yes);
}

TEST_F(ConditionTest, AMinimumOfFailures) {
  rule.min_samples = 1;
  rule.min_failures = 5;
  view.tally(check, logins, {4, 4});
  EXPECT_EQ(holds(), Holds::no);
  view.tally(check, logins, {5, 5});
  EXPECT_EQ(holds(), Holds::yes);
}

TEST_F(ConditionTest, OfEventsTheOneThatIsLostMost) {
  check = view.add("chat");
  rule.of = AlertOf::event_delivery;
  view.tally(check, event("agent_started"), {40, 0});
  view.tally(check, event("tool_completed"), {40, 30});
  view.tally(check, event("agent_completed"), {40, 10});
  EXPECT_EQ(find().rate.event, "tool_completed");
  rule.event = "agent_started";
  EXPECT_EQ(holds(), Holds::no);
}

TEST_F(ConditionTest, ATargetSumsItsChecks) {
  const auto chat = view.add("chat");
  rule.by = InstanceBy::target;
  rule.of = AlertOf::probe_success;
  view.tally(check, runs, {6, 0});
  view.tally(chat, runs, {6, 6});
  const auto finding = find();
  EXPECT_EQ(finding.holds, Holds::yes);
  EXPECT_EQ(finding.stretches.at(0).tally, (Tally{12, 6}));
}

TEST_F(ConditionTest, SilenceIsNoDataAfterThreeBeatsAndATimeout) {
  view.tally(check, logins, {100, 0});
  view.of(check).standing.last_run = now - seconds(55);  // 3 * 15s + 10s
  watched_since = now - hours(1);
  EXPECT_EQ(holds(), Holds::no);
  view.of(check).standing.last_run = now - seconds(56);
  const auto finding = find();
  EXPECT_EQ(finding.holds, Holds::no_data);
  EXPECT_EQ(finding.silent_since, now - seconds(56));
  rule.no_data_after = minutes(5);
  EXPECT_EQ(holds(), Holds::no);
}

TEST_F(ConditionTest, SilenceIsCountedFromWhenSomebodyListened) {
  view.of(check).standing.last_run = now - hours(9);
  EXPECT_EQ(holds(), Holds::unknown);
  watched_since = now - seconds(56);
  EXPECT_EQ(holds(), Holds::no_data);
}

TEST_F(ConditionTest, ATargetIsSilentOnlyIfAllItsChecksAre) {
  const auto chat = view.add("chat");
  rule.by = InstanceBy::target;
  watched_since = now - hours(1);
  EXPECT_EQ(holds(), Holds::no_data);
  view.of(chat).standing.last_run = now;
  EXPECT_EQ(holds(), Holds::unknown);
}

TEST_F(ConditionTest, FailuresInARow) {
  rule = {.name = "A", .of = AlertOf::consecutive_failures, .above = count(2), .over = {}};
  EXPECT_EQ(holds(), Holds::unknown);
  auto& standing = view.of(check).standing;
  standing.last = Outcome::fail;
  standing.consecutive_failures = 2;
  EXPECT_EQ(holds(), Holds::no);
  standing.consecutive_failures = 3;
  EXPECT_EQ(holds(), Holds::yes);
}

TEST_F(ConditionTest, AQuantileOfLatency) {
  rule = {.name = "A", .of = AlertOf::latency, .above = span(seconds(2))};
  EXPECT_EQ(holds(), Holds::unknown);
  view.of(check).quantile = Quantile{seconds(2), 10};
  EXPECT_EQ(holds(), Holds::no);
  view.of(check).quantile = Quantile{seconds(2) + std::chrono::milliseconds(1), 10};
  EXPECT_EQ(holds(), Holds::yes);
  view.of(check).quantile->samples = 9;
  EXPECT_EQ(holds(), Holds::unknown);
  rule.clear_below = span(seconds(1));
  view.of(check).quantile = Quantile{std::chrono::milliseconds(1500), 10};
  EXPECT_EQ(holds(), Holds::no);
  EXPECT_EQ(firing(), Holds::yes);
}

TEST_F(ConditionTest, ACertificateOfAnEndpoint) {
  rule = {
      .name = "A", .of = AlertOf::certificate_expiry, .below = span(hours(24 * 14)), .over = {}};
  const auto target = instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0);
  const auto one = at_endpoint(target, "chat.example.com:443");
  EXPECT_EQ(one.labels.at("endpoint"), "chat.example.com:443");
  const auto found = [&] {
    Sight sight(view, now, watched_since);
    return judge(one, sight, {});
  };
  EXPECT_EQ(found().holds, Holds::unknown);
  auto& standing = view.of(check).standing;
  const auto today = std::chrono::floor<seconds>(now.time_since_epoch()).count();
  standing.certificates["chat.example.com:443"] = today + 14 * 86400;
  EXPECT_EQ(found().holds, Holds::no);
  standing.certificates["chat.example.com:443"] = today + 14 * 86400 - 1;
  EXPECT_EQ(found().holds, Holds::yes);
  standing.certificates.clear();
  standing.last_run = now;
  EXPECT_EQ(found().holds, Holds::no);
}

TEST_F(ConditionTest, AReasonFiresWithItsFirstRunAndEndsWhenOneHasPassed) {
  rule = {
      .name = "A", .of = AlertOf::reason, .reasons = {Reason::auth_fail_open}, .above = count(0)};
  EXPECT_EQ(holds(), Holds::unknown);
  view.tally(check, runs, {10, 10});
  EXPECT_EQ(holds(), Holds::no);
  EXPECT_EQ(firing(), Holds::unknown);  // they failed before it could show
  view.tally(check, runs, {10, 9});
  EXPECT_EQ(firing(), Holds::no);
  FailureGroup open;
  open.step = Step::refuse;
  open.reason = Reason::auth_fail_open;
  open.count = 1;
  view.of(check).failures.groups = {open};
  EXPECT_EQ(holds(), Holds::yes);
  EXPECT_EQ(find().count, 1);
}

TEST_F(ConditionTest, AReasonAlsoMatchesTheConcludedCause) {
  rule = {.name = "A", .of = AlertOf::reason, .reasons = {Reason::clock_skew}, .above = count(0)};
  view.tally(check, runs, {10, 10});
  FailureGroup failed{.step = Step::upgrade, .reason = Reason::unauthorized, .count = 4};
  view.of(check).failures.groups = {failed};
  EXPECT_EQ(holds(), Holds::no);
  failed.concluded = Reason::clock_skew;
  view.of(check).failures.groups = {failed};
  EXPECT_EQ(holds(), Holds::yes);
  EXPECT_EQ(find().count, 4);
  rule.reasons = {Reason::unauthorized, Reason::clock_skew};
  EXPECT_EQ(find().count, 4) << "a run counts once";
}

TEST_F(ConditionTest, HealthThatPassesWhileThePathFails) {
  rule = {.name = "A",
          .of = AlertOf::false_green,
          .above = count(2),
          .over = {},
          .by = InstanceBy::target};
  const auto health = view.add("health");
  view.of(check).standing.last = Outcome::fail;
  view.of(check).standing.consecutive_failures = 3;
  EXPECT_EQ(holds(), Holds::unknown);
  view.of(health).standing.last = Outcome::pass;
  EXPECT_EQ(holds(), Holds::yes);
  view.of(health).standing.last = Outcome::fail;
  EXPECT_EQ(holds(), Holds::no);
  view.of(health).standing.last = Outcome::pass;
  view.of(check).standing.consecutive_failures = 0;
  EXPECT_EQ(holds(), Holds::no);
}

TEST_F(ConditionTest, ABudgetThatBurnsInBothWindowsOfAPair) {
  rule = {.name = "A", .of = AlertOf::burn_rate, .over = {}, .min_failures = 3};
  rule.objective = {.share = 0.99};
  EXPECT_EQ(holds(), Holds::unknown);
  view.tally(check, upgrades, hours(1), {1000, 145});
  view.tally(check, upgrades, minutes(5), {100, 14});
  EXPECT_EQ(holds(), Holds::no);
  view.tally(check, upgrades, minutes(5), {100, 15});
  EXPECT_EQ(holds(), Holds::yes);
  view.tally(check, upgrades, hours(1), {2, 2});
  view.tally(check, upgrades, minutes(5), {2, 2});
  EXPECT_EQ(holds(), Holds::no);  // two failures are too few
}

}  // namespace
}  // namespace sonde::condition_test
