#include "daemon/page/path.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::path_test {
namespace {

struct PathTest : testing::Test, HandOverview {
  // health, login, upgrade, chat, isolation
  std::vector<Mark> marks() {
    const OverviewFacts all = facts();
    std::vector<Mark> found;
    for (const StageFacts& box : all.targets.at(0).stages) found.push_back(box.mark);
    return found;
  }
};
using enum Mark;
using Marks = std::vector<Mark>;

TEST_F(PathTest, WhatNobodyWatchesHasNoBox) {
  add_passing("login");
  EXPECT_EQ(marks(), (Marks{absent, passing, absent, absent, absent}));
}

TEST_F(PathTest, AChatThatPassesShowsThePathToIt) {
  add_passing("chat");
  EXPECT_EQ(marks(), (Marks{absent, passing, passing, passing, absent}));
}

TEST_F(PathTest, WhatComesAfterTheBrokenStepIsNotReached) {
  add_failing("chat", Step::login, Reason::credentials);
  EXPECT_EQ(marks(), (Marks{absent, failing, blocked, blocked, absent}));
}

TEST_F(PathTest, AnotherProbeThatGetsFurtherShowsThatTheStepCanBeReached) {
  add_failing("chat", Step::login, Reason::credentials);
  add_passing("upgrade");
  EXPECT_EQ(marks(), (Marks{absent, failing, passing, blocked, absent}));
}

TEST_F(PathTest, HealthStandsBesideThePath) {
  add_failing("health", Step::health, Reason::bad_status);
  add_passing("isolation");
  EXPECT_EQ(marks(), (Marks{failing, passing, passing, passing, passing}));
}

TEST_F(PathTest, StepsOfASessionBelongToItsStage) {
  EXPECT_EQ(stage_of(Step::ready), Stage::upgrade);
  EXPECT_EQ(stage_of(Step::refuse), Stage::upgrade);
  EXPECT_EQ(stage_of(Step::hold), Stage::upgrade);
  EXPECT_EQ(stage_of(Step::answer), Stage::chat);
}

TEST_F(PathTest, TheProbeOfTheStageExplainsItRatherThanOneThatPassesThrough) {
  add_failing("chat", Step::login, Reason::timeout);
  add_failing("login", Step::login, Reason::credentials);
  const OverviewFacts all = facts();
  const StageFacts& box = all.targets.at(0).stages.at(1);
  EXPECT_EQ(box.probe, "login");
  EXPECT_EQ(box.reason, Reason::credentials);
  EXPECT_EQ(box.since, noon - std::chrono::minutes(30));
}

TEST_F(PathTest, AGraveReasonIsNotHiddenByAnother) {
  add_failing("upgrade", Step::upgrade, Reason::timeout);
  add_failing("chat", Step::ready, Reason::identity_mismatch);
  const OverviewFacts all = facts();
  EXPECT_EQ(all.targets.at(0).stages.at(2).reason, Reason::identity_mismatch);
}

TEST_F(PathTest, OfSeveralFailingProbesTheMostSevereExplainsTheBox) {
  add_failing("health", Step::health, Reason::server_error);
  fails(view.add(make_check("health", "staging", "slow")), Step::health, Reason::latency_limit);
  EXPECT_EQ(facts().targets.at(0).stages.at(0).reason, Reason::server_error);
}

TEST_F(PathTest, OtherFailuresBeforeAreThoseOfTheSameProbe) {
  const auto check = add_failing("health", Step::health, Reason::server_error);
  const auto slow = view.add(make_check("health", "staging", "slow"));
  fails(slow, Step::health, Reason::latency_limit);
  view.of(check).standing.failing_since = view.of(check).standing.failing->first =
      noon - std::chrono::minutes(4);
  const StageFacts box = facts().targets.at(0).stages.at(0);
  EXPECT_EQ(box.since, noon - std::chrono::minutes(4));
  EXPECT_EQ(box.failing, std::nullopt);
  view.of(check).standing.failing_since = noon - std::chrono::minutes(7);
  EXPECT_EQ(facts().targets.at(0).stages.at(0).failing, noon - std::chrono::minutes(7));
}

TEST_F(PathTest, AProbeOfAnotherStageDoesNotHideThatTheStagesOwnIsUnknown) {
  add_passing("chat");
  add_unclear("login", Reason::own_dns);
  EXPECT_EQ(marks(), (Marks{absent, unclear, passing, passing, absent}));
  passes(view.add(make_check("login", "staging", "other_login")));
  EXPECT_EQ(marks().at(1), unclear) << "another account says nothing of this one";
}

TEST_F(PathTest, WhatGoesThroughAStageSpeaksForItWhereItsOwnProbeHasNotGotThere) {
  add_passing("chat");
  view.add("login");
  EXPECT_EQ(marks().at(1), passing);
}

TEST_F(PathTest, AProbeThatStoppedRunningIsUnknownAndNotGreen) {
  const auto check = add_passing("login");
  view.of(check).standing.last_run = noon - std::chrono::minutes(5);
  EXPECT_EQ(marks().at(1), unclear);
  view.of(check).standing.suppressed = noon - std::chrono::seconds(5);
  EXPECT_EQ(marks().at(1), unclear) << "that it is held back says nothing of the target";
}

TEST_F(PathTest, BeforeTheFirstRunItWaits) {
  view.add("login");
  EXPECT_EQ(marks().at(1), waiting);
}

}  // namespace
}  // namespace sonde::page::path_test
