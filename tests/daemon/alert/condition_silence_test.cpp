#include "tests/daemon/alert/hand_condition.hpp"

namespace sonde::test::condition_silence_test {
namespace {

TEST_F(ConditionTest, SilenceIsNoDataAfterThreeBeatsAndATimeout) {
  view.tally(check, logins, {100, 0});
  view.of(check).standing.last_run = now - seconds(55);  // 3 * 15s + 10s
  watch(now - hours(1));
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.of(check).standing.last_run = now - seconds(56);
  const auto finding = find();
  EXPECT_EQ(finding.holds, alert::ConditionState::no_data);
  EXPECT_EQ(finding.silent_since, now - seconds(56));
  rule.no_data_after = minutes(5);
  EXPECT_EQ(holds(), alert::ConditionState::no);
}

TEST_F(ConditionTest, SilenceIsCountedFromWhenSomebodyListened) {
  view.of(check).standing.last_run = now - hours(9);
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  watch(now - seconds(56));
  EXPECT_EQ(holds(), alert::ConditionState::no_data);
}

TEST_F(ConditionTest, ACheckThatAReloadAddsOrSpeedsUpIsGivenTimeToRun) {
  auto slow = make_check("chat");
  slow->every = hours(1);
  view = {};
  check = view.add(slow);
  rule.of = alert::AlertOf::probe_success;
  watch(now - hours(9));
  view.of(check).standing.last_run = now - minutes(50);
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.replace(check, make_check("chat"));
  watched.assign(view.checks(), now);
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  now += seconds(56);
  EXPECT_EQ(holds(), alert::ConditionState::no_data);
  watched.assign(view.checks(), now);
  EXPECT_EQ(holds(), alert::ConditionState::no_data)
      << "a reload that changes nothing gives no time";
}

TEST_F(ConditionTest, ACheckWhoseLoginsAreRefusedIsNotSilent) {
  watch(now - hours(9));
  view.of(check).standing.last_run = now - hours(1);
  view.of(check).standing.suppressed = now - seconds(15);
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
}

TEST_F(ConditionTest, WhatFiresForWantOfDataEndsWithARunAndNotWithARestart) {
  view.of(check).standing.last_run = now - hours(1);
  const alert::PriorState silent{.silent_since = now - minutes(30)};
  EXPECT_EQ(find(silent).holds, alert::ConditionState::no_data);
  view.of(check).standing.last_run = now - minutes(29);
  EXPECT_EQ(find(silent).holds, alert::ConditionState::unknown);
}

TEST_F(ConditionTest, ATargetIsSilentOnlyIfAllItsChecksAre) {
  const auto chat = view.add("chat");
  rule.by = alert::InstanceBy::target;
  watch(now - hours(1));
  EXPECT_EQ(holds(), alert::ConditionState::no_data);
  view.of(chat).standing.last_run = now;
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
}

}  // namespace
}  // namespace sonde::test::condition_silence_test
