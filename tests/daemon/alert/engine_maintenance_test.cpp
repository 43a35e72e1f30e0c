#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/alert/engine.hpp"
#include "tests/daemon/alert/hand_engine.hpp"

namespace sonde::alert::engine_maintenance_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

struct EngineMaintenanceTest : HandEngine {
  // Every probe fails on its own step, under a rule that watches the target as a whole.
  void watch_the_target(AlertOf of) {
    RuleSettings rule = outage("login");
    rule.name = "of_target";
    rule.of = of;
    rule.by = InstanceBy::target;
    rule.where.kind = {"login", "upgrade", "chat"};
    rules = {rule};
    start();
  }
};

TEST_F(EngineMaintenanceTest, HoldsThePageUntilItsEnd) {
  maintenance = "maintenance by bob: upgrade of the database";
  fail(login, Step::login);
  after(minutes(30));
  EXPECT_THAT(paging(), ElementsAre());
  for (const auto& facts : engine->facts())
    if (facts.labels.at("alertname") == "login_fails") {
      EXPECT_EQ(facts.held_by, maintenance);
    }
  maintenance.clear();
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre()) << "perhaps it is good by now";
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  maintenance = "again";
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineMaintenanceTest, MutesAnAlertForAsLongAsItRuns) {
  maintenance = "upgrade";
  in_maintenance = {"login"};
  fail(login, Step::login);
  fail(upgrade, Step::upgrade);
  after(seconds(15));
  EXPECT_TRUE(find("login_fails").muted);
  EXPECT_FALSE(find("upgrade_fails").muted);
  EXPECT_THAT(find("upgrade_fails").annotations.at("summary"), Not(HasSubstr("also")));
  maintenance.clear();
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_FALSE(find("login_fails").muted);
}

TEST_F(EngineMaintenanceTest, NobodyIsToldAtItsEndOfWhatIsGoodAgain) {
  maintenance = "upgrade";
  fail(login, Step::login);
  after(minutes(1));
  pass(login);
  after(minutes(1));
  maintenance.clear();
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_TRUE(find("login_fails").muted);
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails")) << "it fails once more";
}

TEST_F(EngineMaintenanceTest, WhatTheWindowRepairedPagesNobodyBeforeItsFirstRun) {
  maintenance = "upgrade";
  fail(login, Step::login);
  after(minutes(1));
  save();
  for (const bool restart : {false, true}) {
    maintenance.clear();
    if (restart) start();
    after(minutes(1));
    EXPECT_THAT(paging(), ElementsAre()) << restart;
    maintenance = "upgrade";
    after(minutes(1));
  }
  maintenance.clear();
  pass(login);
  view.of(login).standing.last_success = now;
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_THAT(names(false, true), ElementsAre("login_fails"));
}

TEST_F(EngineMaintenanceTest, WhatIsGoodAgainAndWasNeverToldEndsInSilence) {
  maintenance = "upgrade";
  fail(login, Step::login);
  after(minutes(1));
  pass(login);
  maintenance.clear();
  after(minutes(6));
  EXPECT_THAT(names(false, true), ElementsAre("login_fails"));
}

TEST_F(EngineMaintenanceTest, OfOneProbeLeavesItOutOfAnAlertAboutTheTarget) {
  watch_the_target(AlertOf::consecutive_failures);
  maintenance = "upgrade";
  in_maintenance = {"chat"};
  fail(chat, Step::events);
  pass(login);
  pass(upgrade);
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_THAT(held(), ElementsAre());
  fail(login, Step::login, 4);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("of_target"));
  EXPECT_THAT(find("of_target").annotations.at("summary"), HasSubstr("login failed 4 times"));
}

TEST_F(EngineMaintenanceTest, OfTheProbeThatFailsEndsNoAlertAboutTheTarget) {
  watch_the_target(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  pass(login);
  pass(upgrade);
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre("of_target"));
  maintenance = "upgrade";
  in_maintenance = {"chat"};
  after(minutes(1));
  pass(login);
  pass(upgrade);
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre("of_target")) << "nothing has recovered";
  maintenance.clear();
  pass(chat);
  after(minutes(10));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineMaintenanceTest, OfOneProbeLeavesItOutOfAFalseGreen) {
  watch_the_target(AlertOf::false_green);
  maintenance = "upgrade";
  in_maintenance = {"chat"};
  pass(health);
  pass(login);
  pass(upgrade);
  fail(chat, Step::events);
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre());
  maintenance.clear();
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("of_target"));
}

}  // namespace
}  // namespace sonde::alert::engine_maintenance_test
