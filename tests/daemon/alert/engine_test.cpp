#include "daemon/alert/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/alert/alert_text.hpp"
#include "tests/daemon/alert/hand_engine.hpp"

namespace sonde::alert::engine_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using EngineTest = HandEngine;

TEST_F(EngineTest, AWatchdogFiresAlways) {
  after(seconds(15));
  const auto alerts = engine->current();
  ASSERT_EQ(alerts.size(), 1);
  EXPECT_EQ(alerts[0].labels, (Labels{{"alertname", "Watchdog"}, {"severity", "none"}}));
  EXPECT_TRUE(alerts[0].notified);
}

TEST_F(EngineTest, PagesRightAfterTheRunThatSaysSo) {
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  EXPECT_THAT(paging(), ElementsAre("chat_fails"));
  const auto alert = find("chat_fails");
  EXPECT_EQ(alert.labels, (Labels{{"alertname", "chat_fails"},
                                  {"kind", "chat"},
                                  {"probe", "chat"},
                                  {"severity", "critical"},
                                  {"target", "staging"}}));
  EXPECT_EQ(alert.starts, now);
  EXPECT_EQ(alert.annotations.at("evidence_url"), "http://sonde:9811/probes/chat/staging");
  EXPECT_EQ(alert.source_url, "http://sonde:9811/probes/chat/staging");
  EXPECT_EQ(alert.annotations.at("runbook_url"), "https://runbooks.example.com/chat_fails.md");
  EXPECT_THAT(alert.annotations.at("summary"), HasSubstr("chat failed 3 times in a row"));
  EXPECT_EQ(alert.group, "target/staging");
}

TEST_F(EngineTest, LinksToThePageOfItsProbeOrToTheIncidentsOfItsTarget) {
  const CheckPtr odd = view.add(make_check("login", "staging", "log in/out"));
  rules = {outage(odd->kind)};
  rules.front().name = "of_probe";
  rules.push_back(rules.front());
  rules.back().name = "of_target";
  rules.back().by = InstanceBy::target;
  start();
  fail(odd, Step::login);
  after(seconds(15));
  EXPECT_EQ(find("of_probe").source_url, "http://sonde:9811/probes/log%20in%2Fout/staging");
  EXPECT_EQ(find("of_probe").annotations.at("evidence_url"), find("of_probe").source_url);
  EXPECT_EQ(find("of_target").source_url, "http://sonde:9811/incidents?target=staging");
  EXPECT_EQ(find("Watchdog").source_url, "http://sonde:9811/");
}

TEST_F(EngineTest, NamesTheNewestRunThatProvesItAndKeepsItWhenItEnds) {
  const std::string id(32, 'a');
  fail(chat, Step::events);
  view.of(chat).standing.failing->run = id;
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  const auto firing = find("chat_fails");
  EXPECT_EQ(firing.annotations.at("run"), id);
  EXPECT_EQ(firing.annotations.at("evidence_url"), "http://sonde:9811/runs/" + id);
  pass(chat);
  after(seconds(15));
  EXPECT_EQ(find("chat_fails").annotations.at("run"), id) << "the page of its end leads there, too";
}

TEST_F(EngineTest, MentionsWhatWentLiveShortlyBefore) {
  deploy = now - minutes(3);
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  EXPECT_THAT(find("chat_fails").annotations.at("summary"), HasSubstr("; after deploy v1.2"));
}

TEST_F(EngineTest, BlamesNoDeployOfYesterday) {
  deploy = now - std::chrono::hours(24);
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  EXPECT_THAT(find("chat_fails").annotations.at("summary"), Not(HasSubstr("deploy")));
}

TEST_F(EngineTest, ALoginOutageIsOnePage) {
  fail(login, Step::login);
  fail(upgrade, Step::login);
  fail(chat, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  EXPECT_THAT(held(), ElementsAre("chat_fails", "upgrade_fails"));
  EXPECT_THAT(find("chat_fails").held_by, ElementsAre(fingerprint(find("login_fails").labels)));
  EXPECT_FALSE(find("chat_fails").muted);
  EXPECT_THAT(find("login_fails").annotations.at("summary"), HasSubstr("; also chat, upgrade"));
}

TEST_F(EngineTest, AnIncidentContinuesWithTheAlertsThatAreLeft) {
  fail(login, Step::login);
  fail(chat, Step::login);
  after(seconds(15));
  EXPECT_THAT(held(), ElementsAre("chat_fails"));
  pass(login);
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre("chat_fails"));
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  EXPECT_EQ(find("chat_fails").group, find("login_fails").group);
  EXPECT_THAT(find("login_fails").annotations.at("summary"), Not(HasSubstr("incident")));
  pass(chat);
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_THAT(ended(), ElementsAre("chat_fails", "login_fails"));
  after(minutes(15));
  EXPECT_THAT(ended(), ElementsAre());
}

TEST_F(EngineTest, TellsThePagesSinceWhenAnAlertThatStillFiresHoldsNoMore) {
  const auto cleared = [&] {
    for (const AlertFacts& facts : engine->facts())
      if (facts.of == "consecutive_failures") return facts.cleared;
    return std::optional<WallTime>(WallTime{});
  };
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_EQ(cleared(), std::nullopt);
  pass(login);
  const WallTime passed = now;
  after(minutes(2));
  EXPECT_EQ(cleared(), passed + seconds(15)) << "with the first evaluation after it";
}

TEST_F(EngineTest, SaysSinceWhenRunsPassAndTakesItBackWithTheNextFailure) {
  fail(login, Step::login);
  after(seconds(15));
  const auto summary = [&] { return find("login_fails").annotations.at("summary"); };
  pass(login);
  const WallTime first_pass = now;
  after(minutes(2));
  EXPECT_THAT(summary(), HasSubstr("; good again since " + show_time(first_pass, now)));
  fail(login, Step::login, 1);  // too few in a row for the alert itself
  run(login, Verdict::of(Step::login, {Reason::server_error, ""}));
  EXPECT_THAT(summary(), Not(HasSubstr("good again")));
  after(minutes(1));
  EXPECT_THAT(summary(), HasSubstr("login failed once in a row"));
  pass(login);
  run(login, Verdict::pass());
  EXPECT_THAT(summary(), HasSubstr("; good again since " + show_time(now, now)));
}

TEST_F(EngineTest, AProbeWithoutAVerdictIsAnAlertThatNamesTheLastReason) {
  FailureGroup group{.step = Step::login, .reason = Reason::own_secret, .count = 3, .first = now};
  group.detail = "cannot read /etc/sonde/alice.pw";
  view.of(login).standing.inconclusive = group;
  after(seconds(54));
  EXPECT_THAT(paging(), ElementsAre());  // three times every and the timeout
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("SondeProbeInconclusive"));
  const auto alert = find("SondeProbeInconclusive");
  EXPECT_EQ(alert.labels.at("probe"), "login");
  EXPECT_THAT(alert.annotations.at("summary"),
              HasSubstr("3 inconclusive runs, the last one own_secret (cannot read"));
  view.of(login).standing.inconclusive.reset();
  view.of(login).standing.newest = Outcome::pass;
  pass(login);
  run(login, Verdict::pass());
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, BlindnessExplainsThatAProbeHasNoVerdict) {
  blind = true;
  view.of(login).standing.inconclusive =
      FailureGroup{.step = Step::login, .reason = Reason::own_dns, .count = 3, .first = now};
  after(minutes(5));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_TRUE(find("SondeBlind").notified);
}

TEST_F(EngineTest, NothingIsNotifiedAfterARestartUntilAnEgressReferenceWasAsked) {
  blind = true;
  fail(login, Step::login);
  after(minutes(5));
  EXPECT_TRUE(find("SondeBlind").notified);
  blind = std::nullopt;
  start();
  run(login, Verdict::of(Step::login, {Reason::server_error, ""}));
  after(minutes(5));
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_FALSE(find("SondeBlind").ended);
  blind = false;
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
}

TEST_F(EngineTest, AnotherTargetHasAnotherIncident) {
  const auto other = view.add("login", "production");
  engine->assign(rules);
  fail(login, Step::login);
  fail(other, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails", "login_fails"));
}

TEST_F(EngineTest, AHigherSeverityPagesAgain) {
  rules[1].severity = Severity::warning;
  engine->assign(rules);
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  fail(chat, Step::login);
  after(seconds(15));
  EXPECT_THAT(paging(), ElementsAre("chat_fails", "login_fails"));
}

TEST_F(EngineTest, BlindnessIsOneAlertAndHoldsAllOthers) {
  fail(login, Step::login);
  after(seconds(15));
  blind = true;
  pass(login);
  fail(chat, Step::events);
  run(chat, Verdict::of(Step::events, {Reason::stalled, ""}));
  after(hours(1));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  EXPECT_THAT(held(), ElementsAre());
  EXPECT_TRUE(find("SondeBlind").notified);
  EXPECT_FALSE(find("SondeBlind").ended);
  blind = false;
  after(minutes(6));
  EXPECT_THAT(paging(), ElementsAre("chat_fails"));  // in the incident that login_fails began
  EXPECT_THAT(ended(), ElementsAre("login_fails"));
  EXPECT_EQ(find("chat_fails").group, find("login_fails").group);
  EXPECT_TRUE(find("SondeBlind").ended);
}

TEST_F(EngineTest, ACheckThatDoesNotRunIsOneAlertAndNotOneARule) {
  after(seconds(15));
  for (int i = 0; i < 10; ++i) {
    now += seconds(15);
    for (const auto& check : {health, login, upgrade}) view.of(check).standing.last_run = now;
    engine->evaluate();
  }
  EXPECT_THAT(paging(), ElementsAre("SondeProbeStalled"));
  EXPECT_EQ(find("SondeProbeStalled").labels.at("probe"), "chat");
  EXPECT_THAT(held(), ElementsAre("chat_fails"));
  EXPECT_EQ(find("chat_fails").annotations.at("summary").substr(0, 26),
            "no data of chat on staging");
  view.of(chat).standing.last = Outcome::pass;
  run(chat, Verdict::pass());
  EXPECT_THAT(paging(), ElementsAre());
  EXPECT_THAT(
      find("SondeProbeStalled").annotations.at("summary"),
      StartsWith("chat runs again on staging; it fired because: no data of chat on staging since"));
}

TEST_F(EngineTest, AProbeThatIsSuppressedIsNotCalledStalled) {
  after(seconds(15));
  for (int i = 0; i < 10; ++i) {
    now += seconds(15);
    for (const auto& check : {health, upgrade, chat}) view.of(check).standing.last_run = now;
    view.of(login).standing.suppressed = now;
    engine->evaluate();
  }
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, ProbesThatAReloadAddsAreNotCalledStalled) {
  after(hours(1));
  view.add("login", "production");
  engine->assign(rules);
  engine->evaluate();
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, NoVerdictIsNotSaidToBeOverByASkippedRun) {
  view.of(login).standing.inconclusive =
      FailureGroup{.step = Step::login, .reason = Reason::own_secret, .count = 3, .first = now};
  after(minutes(2));
  EXPECT_THAT(paging(), ElementsAre("SondeProbeInconclusive"));
  view.of(login).standing.inconclusive.reset();  // by a run that found our own network down
  view.of(login).standing.newest = Outcome::skipped;
  after(minutes(1));
  EXPECT_THAT(paging(), ElementsAre("SondeProbeInconclusive"));
  view.of(login).standing.newest = Outcome::pass;
  after(seconds(15));
  EXPECT_THAT(find("SondeProbeInconclusive").annotations.at("summary"),
              HasSubstr("login gives verdicts again on staging"));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AClockThatJumpsMakesNoAlertOlder) {
  for (auto& rule : rules) rule.hold = minutes(10);
  engine->assign(rules);
  fail(login, Step::login);
  after(minutes(1));
  set_clock(hours(2));
  after(minutes(8));
  EXPECT_THAT(paging(), ElementsAre());
  set_clock(-hours(1));
  after(minutes(1) + seconds(15));
  EXPECT_THAT(paging(), ElementsAre("login_fails"));
  pass(login);
  after(minutes(1));
  set_clock(hours(2));
  after(minutes(3));
  EXPECT_THAT(paging(), ElementsAre("login_fails")) << "it fires on for five minutes";
  after(minutes(1) + seconds(30));
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, AMachineThatSleptTakesNothingForSilent) {
  after(seconds(15));
  now += hours(8);
  engine->evaluate();
  EXPECT_THAT(paging(), ElementsAre());
}

TEST_F(EngineTest, CountsWhatItEvaluatesAndWhatTellsTooLittle) {
  view.of(login).standing.last = Outcome::pass;
  after(seconds(30));
  const auto facts = engine->rule_facts();
  ASSERT_EQ(facts.size(), 4);
  EXPECT_EQ(facts[1].name, "login_fails");
  EXPECT_EQ(facts[1].severity, "critical");
  EXPECT_EQ(facts[1].evaluations, 2);
  EXPECT_EQ(facts[1].insufficient, 0);
  EXPECT_EQ(facts[3].insufficient, 2);
}

TEST_F(EngineTest, TheVersionChangesOnlyWithWhatReceiversAreToKnow) {
  after(seconds(15));
  const auto version = engine->version();
  after(minutes(5));
  EXPECT_EQ(engine->version(), version);
  fail(login, Step::login);
  after(seconds(15));
  EXPECT_NE(engine->version(), version);
}

TEST(Engine, AsksForTheTimesThatItsRulesNeed) {
  HandView view;
  view.add("login");
  const auto chat = view.add("chat");
  RuleSettings rule;
  rule.of = AlertOf::latency;
  rule.measure = Timed::first_event;
  const std::vector<std::pair<CheckPtr, Timed>> wanted = {{chat, Timed::first_event}};
  EXPECT_EQ(timed_by({rule, rule, outage("chat")}, view.checks()), wanted);
}

}  // namespace
}  // namespace sonde::alert::engine_test
