#include "daemon/alert/rule_state.hpp"

#include <gtest/gtest.h>

namespace sonde::alert::rule_state_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct RuleStateTest : testing::Test {
  RuleSettings rule;
  RuleState state;
  WallTime now{hours(480000)};

  RuleStateTest() {
    rule.hold = minutes(2);
    rule.keep_firing_for = minutes(5);
  }
  AlertState after(Span span, ConditionState holds, bool of_run = false) {
    now += std::chrono::duration_cast<WallTime::duration>(span);
    Evaluation finding;
    finding.holds = holds;
    step(state, rule, finding, now, of_run);
    return state.state;
  }
};

TEST_F(RuleStateTest, FiresWhenItHasHeldForLongEnough) {
  EXPECT_EQ(after({}, ConditionState::yes), AlertState::pending);
  EXPECT_EQ(after(seconds(119), ConditionState::yes), AlertState::pending);
  EXPECT_EQ(after(seconds(1), ConditionState::yes), AlertState::firing);
  EXPECT_EQ(state.fired_at - state.active_at, minutes(2));
}

TEST_F(RuleStateTest, CountsTimeAndNotEvaluations) {
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(after({}, ConditionState::yes), AlertState::pending);
  EXPECT_EQ(after(minutes(2), ConditionState::yes), AlertState::firing);
}

TEST_F(RuleStateTest, WithoutForFiresAtOnce) {
  rule.hold = {};
  EXPECT_EQ(after({}, ConditionState::yes), AlertState::firing);
}

TEST_F(RuleStateTest, ForgetsAPendingOneThatClears) {
  after({}, ConditionState::yes);
  EXPECT_EQ(after(minutes(1), ConditionState::no), AlertState::inactive);
  EXPECT_TRUE(state.idle());
  EXPECT_EQ(after(minutes(1), ConditionState::yes), AlertState::pending);
  EXPECT_EQ(after(seconds(119), ConditionState::yes), AlertState::pending);
}

TEST_F(RuleStateTest, FiresOnAfterItHasCleared) {
  after({}, ConditionState::yes);
  after(minutes(2), ConditionState::yes);
  EXPECT_EQ(after(minutes(1), ConditionState::no), AlertState::firing);
  EXPECT_EQ(after(seconds(299), ConditionState::no), AlertState::firing);
  EXPECT_EQ(after(seconds(1), ConditionState::no), AlertState::inactive);
  EXPECT_EQ(state.resolved_at, now);
}

TEST_F(RuleStateTest, HoldingAgainStartsTheTimeToFireOnAnew) {
  after({}, ConditionState::yes);
  after(minutes(2), ConditionState::yes);
  after(minutes(1), ConditionState::no);
  after(minutes(4), ConditionState::yes);
  EXPECT_EQ(after(minutes(1), ConditionState::no), AlertState::firing);
  EXPECT_EQ(after(seconds(299), ConditionState::no), AlertState::firing);
  EXPECT_EQ(after(seconds(1), ConditionState::no), AlertState::inactive);
}

TEST_F(RuleStateTest, IsToldForAQuarterOfAnHourAfterItsEnd) {
  rule.hold = rule.keep_firing_for = {};
  after({}, ConditionState::yes);
  after({}, ConditionState::no);
  after(seconds(899), ConditionState::no);
  EXPECT_FALSE(state.idle());
  after(seconds(1), ConditionState::no);
  EXPECT_TRUE(state.idle());
}

TEST_F(RuleStateTest, TooFewSamplesChangeNothing) {
  EXPECT_EQ(after({}, ConditionState::unknown), AlertState::inactive);
  after({}, ConditionState::yes);
  EXPECT_EQ(after(hours(1), ConditionState::unknown), AlertState::pending);
  EXPECT_EQ(after({}, ConditionState::yes), AlertState::firing);
  EXPECT_EQ(after(hours(9), ConditionState::unknown), AlertState::firing);
}

TEST_F(RuleStateTest, NoDataFiresAtOnceAndEndsWithTheFirstData) {
  EXPECT_EQ(after({}, ConditionState::no_data), AlertState::firing);
  EXPECT_TRUE(state.silent);
  EXPECT_EQ(after(minutes(1), ConditionState::unknown), AlertState::inactive);
}

TEST_F(RuleStateTest, NoDataNeverEndsWhatFires) {
  after({}, ConditionState::yes);
  after(minutes(2), ConditionState::yes);
  EXPECT_EQ(after(hours(1), ConditionState::no_data), AlertState::firing);
  EXPECT_FALSE(state.silent);
  EXPECT_EQ(after(hours(1), ConditionState::unknown), AlertState::firing);
}

TEST_F(RuleStateTest, FiresOnWhileItFlaps) {
  rule.hold = rule.keep_firing_for = {};
  int ends = 0;
  for (int i = 0; i < 100; ++i) {
    after(seconds(15), ConditionState::yes, true);
    ends += after(seconds(15), ConditionState::no, true) == AlertState::inactive ? 1 : 0;
  }
  EXPECT_LE(ends, 3);
  EXPECT_TRUE(state.flapping.flaps);
  int runs = 0;
  while (after(seconds(15), ConditionState::no, true) == AlertState::firing) ++runs;
  EXPECT_LE(runs, 16);
}

TEST_F(RuleStateTest, EvaluationsWithoutARunSayNothingOfFlapping) {
  rule.hold = rule.keep_firing_for = {};
  for (int i = 0; i < 100; ++i)
    after(seconds(15), i % 2 ? ConditionState::yes : ConditionState::no);
  EXPECT_FALSE(state.flapping.flaps);
}

TEST_F(RuleStateTest, SurvivesAShortOutage) {
  after({}, ConditionState::yes);
  const WallTime since = state.active_at;
  state = after_outage(state, minutes(59));
  EXPECT_EQ(state.state, AlertState::pending);
  EXPECT_EQ(state.active_at, since);
  EXPECT_EQ(after_outage(state, hours(1)).state, AlertState::inactive);
  after(minutes(2), ConditionState::yes);
  EXPECT_EQ(after_outage(state, hours(100)).state, AlertState::firing);
}

TEST_F(RuleStateTest, AClockThatWasSetBackDelaysNothing) {
  after({}, ConditionState::yes);
  now -= hours(5);
  after({}, ConditionState::yes);
  EXPECT_EQ(after(minutes(2), ConditionState::yes), AlertState::firing);
}

}  // namespace
}  // namespace sonde::alert::rule_state_test
