#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/alert/engine.hpp"
#include "daemon/log/log.hpp"
#include "tests/daemon/alert/hand_engine.hpp"

namespace sonde::alert::engine_restart_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

using EngineRestartTest = HandEngine;

TEST_F(EngineRestartTest, AFiringAlertIsNotToldAnewAfterACrash) {
  fail(login, Step::login);
  after(minutes(3));
  const auto before = find("login_fails");
  now += hours(3);
  start();
  EXPECT_EQ(find("login_fails").starts, before.starts);
  EXPECT_EQ(find("login_fails").annotations, before.annotations);
  EXPECT_TRUE(find("login_fails").notified);
  view.of(login).standing.last_run.reset();
  after(minutes(1));
  EXPECT_EQ(find("login_fails").starts, before.starts);
  EXPECT_FALSE(find("login_fails").ended);
}

TEST_F(EngineRestartTest, AnIncidentGoesOnAfterACrash) {
  fail(login, Step::login);
  fail(upgrade, Step::login);
  after(minutes(1));
  start();
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  EXPECT_THAT(paging(), ElementsAre("chat_fails", "login_fails"));
  EXPECT_EQ(find("chat_fails").group, find("login_fails").group);
  EXPECT_THAT(held(), ElementsAre("upgrade_fails"));
}

TEST_F(EngineRestartTest, AnIncidentKeepsItsIdUntilItsLastAlertHasEndedAlsoAfterACrash) {
  fail(login, Step::login);
  after(minutes(1));
  const std::string first = find("login_fails").incident;
  EXPECT_EQ(first.size(), 16U);
  start();
  fail(chat, Step::events);
  after(minutes(1));
  EXPECT_EQ(find("login_fails").incident, first);
  EXPECT_EQ(find("chat_fails").incident, first);
  pass(login);
  after(minutes(6));
  EXPECT_TRUE(find("login_fails").ended);
  fail(login, Step::login);
  after(minutes(1));
  EXPECT_EQ(find("login_fails").incident, first);  // the chat has failed all the time
  for (const auto& check : {login, chat}) pass(check);
  after(minutes(6));
  EXPECT_TRUE(find("chat_fails").ended);
  fail(chat, Step::events);
  after(minutes(1));
  EXPECT_EQ(find("chat_fails").incident.size(), 16U);
  EXPECT_NE(find("chat_fails").incident, first);
}

TEST_F(EngineRestartTest, AnAlertThatPagesByItselfIsAnIncidentOfItsOwn) {
  fail(health, Step::health);
  after(minutes(1));
  fail(login, Step::login);
  after(minutes(1));
  EXPECT_EQ(find("health_fails").incident.size(), 16U);
  EXPECT_NE(find("health_fails").incident, find("login_fails").incident);
}

TEST_F(EngineRestartTest, AnAlertForWantOfDataGoesOnOverARestartUntilThereAreSome) {
  const auto stall = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      now += seconds(15);
      for (const auto& check : {health, login, upgrade}) view.of(check).standing.last_run = now;
      engine->evaluate();
    }
    save();
  };
  after(seconds(15));
  stall(10);
  EXPECT_THAT(paging(), ElementsAre("SondeProbeStalled"));
  const auto before = find("SondeProbeStalled");
  now += minutes(1);
  start();
  stall(10);
  EXPECT_THAT(paging(), ElementsAre("SondeProbeStalled"));
  EXPECT_EQ(find("SondeProbeStalled").starts, before.starts);
  run(chat, Verdict::pass());
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineRestartTest, APendingOneGoesOnAfterAShortOutage) {
  for (auto& rule : rules) rule.hold = minutes(10);
  start();
  fail(login, Step::login);
  after(minutes(5));
  now += minutes(4);
  start();
  after(minutes(1) + seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineRestartTest, APendingOneIsForgottenAfterALongOutage) {
  for (auto& rule : rules) rule.hold = minutes(10);
  start();
  fail(login, Step::login);
  after(minutes(5));
  now += hours(1);
  start();
  after(minutes(2));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineRestartTest, AChangedRuleResolvesWhatItFired) {
  fail(login, Step::login);
  after(seconds(15));
  rules[1].checksum = "2";
  rules[1].above = count(9);
  constexpr auto info = static_cast<std::size_t>(log::Level::info);
  const auto written = log::written()[info];
  engine->assign(rules);
  EXPECT_EQ(log::written()[info], written + 1) << "alert has ended";
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  after(minutes(1));
  start();  // and a crash right after it loses nothing
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  after(minutes(15));
  EXPECT_THAT(ended(), ElementsAre());
  EXPECT_EQ(notes.size(), 2);  // the clock and the watchdog
}

TEST_F(EngineRestartTest, ARuleThatChangedWhileTheDaemonWasDownResolves) {
  fail(login, Step::login);
  after(seconds(15));
  rules[1].checksum = "2";
  rules[1].above = count(9);
  start();
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineRestartTest, AReloadThatChangesNothingChangesNoAlert) {
  fail(login, Step::login);
  after(minutes(1));
  const auto before = engine->current();
  engine->assign(rules);
  EXPECT_EQ(engine->current(), before);
}

TEST_F(EngineRestartTest, ACheckThatAReloadLeavesAloneIsJudgedAfterEachRun) {
  view.reload();
  engine->assign(rules);
  fail(login, Step::login);
  run(login, Verdict::of(Step::login, {Reason::server_error, ""}));  // a worker keeps the old check
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineRestartTest, AnAlertThatFlapsOverAReloadEnds) {
  for (auto& rule : rules) rule.keep_firing_for = {};
  start();
  const auto flap = [&](int runs) {
    for (int i = 0; i < runs; ++i) {
      now += seconds(1);
      if (i % 2 == 0)
        fail(login, Step::login);
      else
        pass(login);
      run(login,
          i % 2 == 0 ? Verdict::of(Step::login, {Reason::server_error, ""}) : Verdict::pass());
    }
  };
  flap(40);
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  view.reload();
  engine->assign(rules);
  pass(login);
  for (int i = 0; i < 20; ++i) run(login, Verdict::pass());
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineRestartTest, ACertificateIsOneAlertAnEndpointAndSurvivesACrash) {
  RuleSettings rule;
  rule.name = "CertificateExpires";
  rule.of = AlertOf::certificate_expiry;
  rule.below = Bound{.share = {}, .span = hours(24 * 14), .count = {}};
  rule.over = {};
  rule.checksum = "1";
  rules = {rule};
  start();
  for (const auto& check : {login, chat})
    view.of(check).standing.certificates["a:443"] = 1764080000 + 86400;
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("CertificateExpires"));
  EXPECT_EQ(find("CertificateExpires").labels.at("endpoint"), "a:443");
  for (const auto& check : view.checks()) view.of(check).standing = {};
  start();
  engine->evaluate();
  EXPECT_THAT(paging(), ElementsAre("CertificateExpires"));
  engine->assign(rules);
  EXPECT_THAT(paging(), ElementsAre("CertificateExpires")) << "a reload before the first run";
}

TEST_F(EngineRestartTest, RestoresNothingFromNotesThatAreNone) {
  notes["login_fails login/login/staging"] = "{\"state\":";
  notes["nobody"] = R"({"state":{"state":2}})";
  notes["login_fails login/login/staging2"] = R"({"state":{"state":2},"checksum":"1"})";
  start();
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_EQ(notes.size(), 2);
}

}  // namespace
}  // namespace sonde::alert::engine_restart_test
