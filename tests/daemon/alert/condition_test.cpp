#include "tests/daemon/alert/hand_condition.hpp"

namespace sonde::test::condition_test {
namespace {

TEST_F(ConditionTest, ExactlyNinetyOfAHundredIsSilent) {
  view.tally(check, logins, {100, 10});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.tally(check, logins, {100, 11});
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  view.tally(check, logins, {10, 1});
  EXPECT_EQ(holds(), alert::ConditionState::no);
}

TEST_F(ConditionTest, TooFewSamplesSayNothing) {
  view.tally(check, logins, {9, 9});
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  EXPECT_EQ(firing(), alert::ConditionState::unknown);
  view.tally(check, logins, {10, 10});
  EXPECT_EQ(holds(), alert::ConditionState::yes);
}

TEST_F(ConditionTest, ItIsTheWorseOfLoginsAndUpgradesAndNeverTheirSum) {
  view.tally(check, logins, {100, 0});
  view.tally(check, upgrades, {20, 3});  // 85 %, and 97.5 % of both
  const auto finding = find();
  EXPECT_EQ(finding.holds, alert::ConditionState::yes);
  EXPECT_EQ(finding.rate, upgrades);
  view.tally(check, logins, {100, 50});
  EXPECT_EQ(find().rate, logins);
}

TEST_F(ConditionTest, UpgradesThatPassSpeakForACachedToken) {
  view.tally(check, logins, {1, 0});
  view.tally(check, upgrades, {40, 0});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  EXPECT_EQ(firing(logins), alert::ConditionState::no);
}

TEST_F(ConditionTest, EveryWindowHasToBeBelow) {
  rule.over = {minutes(10), minutes(30)};
  view.tally(check, logins, minutes(10), {40, 20});
  view.tally(check, logins, minutes(30), {120, 10});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.tally(check, logins, minutes(30), {120, 20});
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  view.tally(check, logins, minutes(10), {5, 5});
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.tally(check, logins, minutes(30), {120, 10});
  EXPECT_EQ(holds(), alert::ConditionState::no);
}

TEST_F(ConditionTest, ClearsAtItsClearBoundInOneWindow) {
  rule.over = {minutes(10), minutes(30)};
  view.tally(check, logins, minutes(10), {100, 8});
  view.tally(check, logins, minutes(30), {300, 90});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  EXPECT_EQ(firing(logins), alert::ConditionState::yes);
  view.tally(check, logins, minutes(10), {100, 7});
  EXPECT_EQ(firing(logins), alert::ConditionState::no);
}

TEST_F(ConditionTest, TheClearBoundIsForTheRateThatFires) {
  view.tally(check, logins, {100, 8});
  view.tally(check, upgrades, {100, 0});
  EXPECT_EQ(firing(upgrades), alert::ConditionState::no);
  EXPECT_EQ(firing(logins), alert::ConditionState::yes);
}

TEST_F(ConditionTest, AMinimumOfFailures) {
  rule.min_samples = 1;
  rule.min_failures = 5;
  view.tally(check, logins, {4, 4});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.tally(check, logins, {5, 5});
  EXPECT_EQ(holds(), alert::ConditionState::yes);
}

TEST_F(ConditionTest, OfEventsTheOneThatIsLostMost) {
  check = view.add("chat");
  rule.of = alert::AlertOf::event_delivery;
  view.tally(check, event("agent_started"), {40, 0});
  view.tally(check, event("tool_completed"), {40, 30});
  view.tally(check, event("agent_completed"), {40, 10});
  EXPECT_EQ(find().rate.event, "tool_completed");
  rule.event = "agent_started";
  EXPECT_EQ(holds(), alert::ConditionState::no);
}

TEST_F(ConditionTest, ATargetSumsItsChecks) {
  const auto chat = view.add("chat");
  rule.by = alert::InstanceBy::target;
  rule.of = alert::AlertOf::probe_success;
  view.tally(check, runs, {6, 0});
  view.tally(chat, runs, {6, 6});
  const auto finding = find();
  EXPECT_EQ(finding.holds, alert::ConditionState::yes);
  EXPECT_EQ(finding.stretches.at(0).tally, (Tally{12, 6}));
}

TEST_F(ConditionTest, ABudgetThatBurnsInBothWindowsOfAPair) {
  rule = {.name = "A", .of = alert::AlertOf::burn_rate, .over = {}, .min_failures = 3};
  rule.objective = {.share = 0.99};
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.tally(check, upgrades, hours(1), {1000, 145});
  view.tally(check, upgrades, minutes(5), {100, 14});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.tally(check, upgrades, minutes(5), {100, 15});
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  view.tally(check, upgrades, hours(1), {2, 2});
  view.tally(check, upgrades, minutes(5), {2, 2});
  EXPECT_EQ(holds(), alert::ConditionState::no);  // two failures are too few
}

}  // namespace
}  // namespace sonde::test::condition_test
