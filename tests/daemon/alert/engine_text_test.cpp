#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/alert/alert_text.hpp"
#include "daemon/alert/engine.hpp"
#include "tests/daemon/alert/hand_engine.hpp"

namespace sonde::alert::engine_text_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What is said of an alert at its end, for each kind and each way to end.
struct EngineTextTest : HandEngine {
  RuleSettings make(AlertOf of) {
    RuleSettings rule = outage("login");
    rule.name = "of_target";
    rule.of = of;
    rule.by = InstanceBy::target;
    rule.where.kind = {"login", "upgrade", "chat"};
    rule.keep_firing_for = {};
    return rule;
  }
  void watch(RuleSettings rule) {
    rules = {std::move(rule)};
    start();
    for (const auto& check : {health, login, upgrade, chat}) pass(check);
  }
  void watch(AlertOf of) { watch(make(of)); }
  std::string summary(const std::string& name = "of_target") {
    return find(name).annotations.at("summary");
  }
  std::string at(WallTime time) const { return show_time(time, now); }
  // As a reload that no longer has the probe.
  void remove(const CheckPtr& check) {
    view.remove(check);
    engine->assign(rules);
  }
};

TEST_F(EngineTextTest, FailuresInARowEndWhereTheyWere) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  const WallTime began = now;
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("chat failed 4 times in a row on staging since " + at(began)));
  pass(chat);
  after(seconds(15));
  EXPECT_EQ(summary(), "chat passes again on staging; good again since " + at(now - seconds(15)) +
                           "; it fired because: chat failed 4 times in a row on staging since " +
                           at(began) + ": events/server_error (HTTP 500)");
  EXPECT_TRUE(find("of_target").ended);
  EXPECT_THAT(find("of_target").annotations.at("evidence_url"), HasSubstr("/probes/chat/"));
}

TEST_F(EngineTextTest, WhatFailedIsKnownWhileAnAlertIsOnlyKeptFiring) {
  RuleSettings rule = make(AlertOf::consecutive_failures);
  rule.keep_firing_for = minutes(5);
  watch(std::move(rule));
  fail(chat, Step::events, 4);
  after(seconds(15));
  EXPECT_EQ(find("of_target").failed, "");
  pass(chat);
  after(seconds(15));
  EXPECT_FALSE(find("of_target").ended);
  EXPECT_THAT(find("of_target").failed, StartsWith("chat failed 4 times in a row on staging"));
  fail(chat, Step::events, 1);
  after(seconds(15));
  EXPECT_EQ(find("of_target").failed, "") << "it fails again";
  pass(chat);
  after(minutes(6));
  EXPECT_TRUE(find("of_target").ended);
  EXPECT_EQ(find("of_target").failed, "");
}

TEST_F(EngineTextTest, ANumberIsThatOfTheLastRun) {
  watch(AlertOf::consecutive_failures);
  const auto fails = [&](std::uint64_t row) {
    now += seconds(1);
    fail(chat, Step::events, row);
    run(chat, Verdict::of(Step::events, {Reason::server_error, ""}));
  };
  for (std::uint64_t row = 3; row < 14; ++row) {
    fails(row);
    EXPECT_THAT(summary(), HasSubstr("failed " + std::to_string(row) + " times in a row"));
  }
  view.of(login).standing.consecutive_failures = 0;
  now += seconds(1);
  run(login, Verdict::pass());  // of another probe
  EXPECT_THAT(summary(), HasSubstr("chat failed 13 times in a row"));
}

TEST_F(EngineTextTest, ARowThatGoesOverAMaintenanceSaysWhatItLeavesOut) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 39);
  view.of(chat).standing.left_out = 12;
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("chat failed 39 times in a row (12 more runs under maintenance "
                                    "not counted) on staging since"));
}

TEST_F(EngineTextTest, ARowOfSeveralReasonsNamesTheLastAndHelpsWithIt) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 26);
  auto& notified = view.of(chat);
  notified.standing.failing->reason = Reason::overloaded;
  notified.standing.failing->count = 4;
  after(seconds(15));
  EXPECT_THAT(summary(), HasSubstr(": last events/overloaded"));
  const std::string description = find("of_target").annotations.at("description");
  EXPECT_THAT(description, HasSubstr(" overloaded: "));
  EXPECT_THAT(description, Not(HasSubstr("server_error: ")));
}

TEST_F(EngineTextTest, AllProbesThatFailedAreNamedAtTheEnd) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  after(seconds(15));
  fail(upgrade, Step::upgrade, 3);
  pass(chat);
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("upgrade failed 3 times in a row"));
  pass(upgrade);
  after(seconds(15));
  EXPECT_THAT(summary(), AllOf(StartsWith("upgrade, chat pass again on staging; good again since "),
                               HasSubstr("; it fired because: upgrade failed 3 times")));
}

TEST_F(EngineTextTest, AProbeThatStillFailsNowAndThenIsNotCalledGood) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  after(seconds(15));
  fail(chat, Step::events, 1);
  after(seconds(15));
  EXPECT_THAT(summary(), AllOf(StartsWith("chat failed once in a row on staging since"),
                               Not(HasSubstr("passes again")), Not(HasSubstr("good again"))));
}

TEST_F(EngineTextTest, AFalseGreenEndsWhenHealthFailsToo) {
  watch(AlertOf::false_green);
  fail(chat, Step::events, 4);
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("health passes, but chat failed 4 times in a row"));
  fail(health, Step::health, 1);
  after(seconds(15));
  EXPECT_TRUE(find("of_target").ended);
  EXPECT_THAT(summary(), StartsWith("health fails, too, on staging since " + at(now - seconds(15)) +
                                    ": health/server_error (HTTP 500); chat failed 4 times in a "
                                    "row on staging since"));
}

TEST_F(EngineTextTest, AFalseGreenEndsWhenThePathPasses) {
  watch(AlertOf::false_green);
  fail(chat, Step::events, 4);
  after(seconds(15));
  pass(chat);
  after(seconds(15));
  EXPECT_THAT(summary(), AllOf(StartsWith("chat passes again on staging; good again since "),
                               HasSubstr("; it fired because: health passes, but chat failed 4 "
                                         "times in a row")));
}

TEST_F(EngineTextTest, AReasonEndsWithThePassOfTheProbeThatHadIt) {
  RuleSettings rule = make(AlertOf::reason);
  rule.reasons = {Reason::server_error};
  rule.above = count(0);
  rule.over = {minutes(10)};
  watch(std::move(rule));
  fail(chat, Step::events, 1);
  view.of(chat).standing.last_success = now - minutes(1);
  const WallTime failed = now;
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("server_error once over 10m on staging, by chat"));
  view.of(chat).failures.groups.clear();
  pass(chat);
  view.of(chat).standing.last_success = now;
  after(seconds(15));
  EXPECT_THAT(summary(),
              StartsWith("chat passed on staging at " + at(now - seconds(15)) +
                         ", after its last such failure at " + at(failed) + "; good again since " +
                         at(now - seconds(15)) +
                         "; it fired because: server_error once over 10m on staging, by chat"));
}

TEST_F(EngineTextTest, ALatencyEndsWithTheNumbersOfTheProbeThatWasSlow) {
  RuleSettings rule = make(AlertOf::latency);
  rule.above = Bound{.share = {}, .span = seconds(2), .count = {}};
  rule.over = {minutes(10)};
  watch(std::move(rule));
  view.of(login).quantile = Quantile{seconds(1), 40};
  view.of(chat).quantile = Quantile{seconds(3), 40};
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("chat p95 of duration 3s"));
  view.of(chat).quantile = Quantile{std::chrono::milliseconds(500), 40};
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("chat p95 of duration 500ms (of 40 runs) over 10m on staging, "
                                    "wanted 2s; good again since " +
                                    at(now) + "; it fired because: chat p95 of duration 3s"));
}

TEST_F(EngineTextTest, ARateLeadsToTheProbeThatLostMost) {
  RuleSettings rule = make(AlertOf::probe_success);
  rule.above.reset();
  rule.below = Bound{.share = config::Percent{0.9}, .span = {}, .count = {}};
  rule.clear_above = Bound{.share = config::Percent{0.93}, .span = {}, .count = {}};
  rule.over = {minutes(10)};
  watch(std::move(rule));
  view.tally(login, {}, {40, 1});
  view.tally(chat, {}, {40, 30});
  after(seconds(15));
  EXPECT_THAT(find("of_target").annotations.at("evidence_url"), HasSubstr("/probes/chat/"));
  view.tally(chat, {}, {40, 2});
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("success of 3 probes 96.2 % (77 of 80) over 10m on staging, "
                                    "wanted 90 %; good again since " +
                                    at(now) + "; it fired because: success of 3 probes 61.2 %"));
}

TEST_F(EngineTextTest, ARateWithoutAnAttemptSaysThatThereWasNone) {
  const Rate logins{.of = RateOf::auth, .step = Step::login, .event = {}};
  const Rate upgrades{.of = RateOf::auth, .step = Step::upgrade, .event = {}};
  RuleSettings rule = make(AlertOf::auth_success);
  rule.above.reset();
  rule.below = Bound{.share = config::Percent{0.9}, .span = {}, .count = {}};
  rule.clear_above = Bound{.share = config::Percent{0.93}, .span = {}, .count = {}};
  rule.over = {minutes(10)};
  watch(std::move(rule));
  view.tally(login, logins, {40, 30});
  view.tally(login, upgrades, {40, 0});
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("login auth success 25.0 % (10 of 40) over 10m on staging"));
  view.tally(login, logins, {0, 0});
  after(seconds(15));
  EXPECT_THAT(summary(), StartsWith("no login in 10m on staging; upgrades 40 of 40; good again"));
}

TEST_F(EngineTextTest, WhatCannotBeJudgedSaysWhenItsNumbersWereTrue) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  after(seconds(15));
  const WallTime judged = now;
  blind = true;
  after(minutes(5));
  EXPECT_THAT(summary(), HasSubstr("; as of " + at(judged)));
  blind = false;
  after(seconds(15));
  EXPECT_THAT(summary(), Not(HasSubstr("as of")));
  EXPECT_THAT(summary("SondeBlind"), HasSubstr("no egress reference answers"));
  after(minutes(2));
  EXPECT_THAT(summary("SondeBlind"),
              StartsWith("an egress reference answers again; it fired because: no egress"));
}

TEST_F(EngineTextTest, ASilenceEndsWithRunsOrWithWhySomeAreSkipped) {
  for (const bool skipped : {false, true}) {
    after(seconds(15));
    for (int i = 0; i < 10; ++i) {
      now += seconds(15);
      for (const auto& check : {health, login, upgrade}) view.of(check).standing.last_run = now;
      engine->evaluate();
    }
    EXPECT_THAT(summary("SondeProbeStalled"), StartsWith("no data of chat on staging since "));
    auto& standing = view.of(chat).standing;
    (skipped ? standing.suppressed : standing.last_run) = now;
    engine->evaluate();
    EXPECT_THAT(summary("SondeProbeStalled"),
                StartsWith(skipped ? "runs of chat on staging are skipped, because its logins are "
                                     "refused; it fired because: no data of chat"
                                   : "chat runs again on staging; it fired because: no data"));
    after(minutes(16));
    start();
  }
}

TEST_F(EngineTextTest, AnAlertOfARemovedProbeEndsForThat) {
  fail(chat, Step::events, 4);
  after(seconds(15));
  remove(chat);
  EXPECT_TRUE(find("chat_fails").ended);
  EXPECT_THAT(summary("chat_fails"),
              StartsWith("probe chat is no longer configured on staging; it fired because: chat "
                         "failed 4 times in a row on staging since "));
}

TEST_F(EngineTextTest, AnAlertOfTheTargetNamesTheRemovedProbe) {
  watch(AlertOf::consecutive_failures);
  fail(chat, Step::events, 4);
  after(seconds(15));
  remove(chat);
  after(seconds(15));
  EXPECT_TRUE(find("of_target").ended);
  EXPECT_THAT(summary(), StartsWith("chat is no longer configured on staging; it fired because: "));
}

TEST_F(EngineTextTest, AnAlertThatIsGoneOrChangedSaysSo) {
  fail(chat, Step::events, 4);
  fail(login, Step::login, 4);
  after(seconds(15));
  rules[3].checksum = "2";
  rules[3].above = count(9);
  rules.erase(rules.begin() + 1);
  engine->assign(rules);
  EXPECT_THAT(summary("chat_fails"),
              StartsWith("alert chat_fails was changed in the "
                         "configuration, and starts from the beginning; it fired"));
  EXPECT_THAT(summary("login_fails"), StartsWith("alert login_fails is no longer configured; it "
                                                 "fired because: login failed 4 times"));
}

TEST_F(EngineTextTest, EachEndOfAProbeThatCameBackHasItsOwnTimes) {
  const auto end = [&] {
    fail(chat, Step::events, 4);
    after(minutes(1));
    const WallTime starts = find("chat_fails").starts;
    view.remove(chat);
    return starts;
  };
  const WallTime first = end();
  engine->assign(rules);
  save();
  EXPECT_EQ(find("chat_fails").starts, first);
  view.add(chat);
  engine->assign(rules);
  const WallTime second = end();
  EXPECT_LT(first, second);
  start();  // the probe went while the daemon was down
  EXPECT_EQ(find("chat_fails").starts, second);
  EXPECT_TRUE(find("chat_fails").ended);
}

TEST_F(EngineTextTest, WhatPagedNobodyEndsAsWhatItWas) {
  fail(login, Step::login, 4);
  fail(chat, Step::login, 4);
  after(seconds(15));
  EXPECT_FALSE(find("chat_fails").notified);
  remove(chat);
  EXPECT_THAT(summary("chat_fails"), StartsWith("probe chat is no longer configured"));
}

}  // namespace
}  // namespace sonde::alert::engine_text_test
