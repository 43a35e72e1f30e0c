#include "daemon/page/headline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/page/hand_overview.hpp"

namespace sonde::page::headline_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::StartsWith;

struct HeadlineTest : testing::Test, HandOverview {};

TEST_F(HeadlineTest, SaysWhatWorksBeforeTheBrokenStepAndSinceWhen) {
  add_passing("health");
  add_passing("login");
  add_passing("upgrade");
  add_failing("chat", Step::answer, Reason::answer_missing);
  EXPECT_EQ(headline(),
            "Login and connecting work; chat answers have been missing since 11:30 UTC.");
  EXPECT_EQ(headline_of(facts()).tone, Mark::failing);
}

TEST_F(HeadlineTest, AChatAloneShowsThatLoginWorks) {
  add_failing("chat", Step::upgrade, Reason::server_error_after_auth);
  EXPECT_EQ(headline(), "Login works; chat connections have failed since 11:30 UTC.");
}

TEST_F(HeadlineTest, NamesTheFirstBrokenStepOfThePath) {
  add_passing("health");
  add_failing("login", Step::login, Reason::server_error);
  add_failing("chat", Step::login, Reason::server_error);
  EXPECT_EQ(headline(), "The health check passes, but logins have failed since 11:30 UTC.");
}

TEST_F(HeadlineTest, OneFailureIsNotSaidToLast) {
  add_passing("login");
  add_failing("chat", Step::events, Reason::missing_event, "staging", 1);
  EXPECT_EQ(headline(),
            "Login and connecting work; chat events have been missing in the last run, at 11:30 "
            "UTC.");
}

TEST_F(HeadlineTest, AHealthCheckThatFailsAloneDoesNotSayThatChatFails) {
  add_failing("health", Step::health, Reason::reported_unhealthy);
  add_passing("chat");
  EXPECT_EQ(headline(), "Chat works; the health check has failed since 11:30 UTC.");
}

TEST_F(HeadlineTest, AccessWithoutAuthorizationIsTheWorst) {
  add_failing("login", Step::login, Reason::server_error, "production");
  add_failing("upgrade", Step::refuse, Reason::auth_fail_open, "staging");
  EXPECT_EQ(headline(),
            "On staging, login works; clients without a valid token have been accepted since "
            "11:30 UTC.");
  EXPECT_EQ(headline_of(facts()).also, "Also failing: production.");
}

TEST_F(HeadlineTest, AShardWithoutProbesSaysThatOthersRunThem) {
  EXPECT_EQ(headline(), "No probe is configured.");
  sources.shard = {.index = 2, .count = 5, .replicas = 1};
  EXPECT_EQ(headline(), "No probe belongs to shard 2 of 5.");
  EXPECT_EQ(headline_of(facts()).also, "Other shards run the probes of the file.");
}

TEST_F(HeadlineTest, OfSeveralTargetsTheOneWhoseUsersCanDoLeast) {
  add_failing("chat", Step::answer, Reason::answer_empty, "a");
  add_failing("login", Step::login, Reason::credentials, "b");
  add_failing("health", Step::health, Reason::bad_status, "c");
  add_passing("chat", "d");
  EXPECT_EQ(headline(), "On b, logins have been refused since 11:30 UTC.");
  EXPECT_EQ(headline_of(facts()).also, "Also failing: a, c.");
}

TEST_F(HeadlineTest, ManyOthersAreCounted) {
  for (const char* name : {"a", "b", "c", "d", "e"})
    add_failing("login", Step::login, Reason::credentials, name);
  EXPECT_EQ(headline_of(facts()).also, "Also failing: b, c, d, and 1 more.");
}

TEST_F(HeadlineTest, ATargetUnderMaintenanceComesAfterOnesThatAreNot) {
  add_failing("login", Step::login, Reason::server_error, "a");
  add_failing("chat", Step::answer, Reason::answer_wrong, "b");
  sources.maintained = [](const Check& check) { return check.target == "a" ? "upgrade" : ""; };
  EXPECT_THAT(headline(), StartsWith("On b, login and connecting work;"));
  passes(view.checks()[1]);
  EXPECT_EQ(headline(), "On a, logins have failed since 11:30 UTC (under maintenance).");
}

TEST_F(HeadlineTest, AProbeOutsideTheMaintenanceOfItsTargetIsNotUnderMaintenance) {
  add_failing("login", Step::login, Reason::server_error, "a");
  add_failing("chat", Step::answer, Reason::answer_wrong, "a");
  add_failing("health", Step::health, Reason::bad_status, "b");
  sources.maintained = [](const Check& check) { return check.name == "login" ? "upgrade" : ""; };
  EXPECT_EQ(headline(), "On a, connecting works; chat answers have been wrong since 11:30 UTC.");
}

TEST_F(HeadlineTest, TheDateIsSaidOnAnotherDay) {
  const auto check = add_failing("login", Step::login, Reason::server_error);
  view.of(check).standing.failing_since = view.of(check).standing.failing->first = noon - hours(20);
  EXPECT_EQ(headline(), "Logins have failed since 2026-01-01 16:00 UTC.");
}

TEST_F(HeadlineTest, AReasonThatCameLaterIsNotSaidToHaveLastedFromTheStart) {
  const auto check = add_failing("login", Step::login, Reason::server_error);
  view.of(check).standing.failing->first = noon - std::chrono::minutes(4);
  view.of(check).standing.failing->count = 2;
  EXPECT_EQ(headline(),
            "Logins have failed since 11:56 UTC, after other failures since 11:30 UTC.");
}

TEST_F(HeadlineTest, AnAlertIsSaidThoughTheLastRunsPassed) {
  add_passing("login");
  alert("AuthSuccessRateLow", "critical", "staging",
        "auth success 40.0 % (18 of 45) on staging; also AuthOutage");
  EXPECT_EQ(headline(),
            "The last runs passed, but an alert fires: auth success 40.0 % (18 of 45) on staging.");
}

TEST_F(HeadlineTest, AnAlertAboutAProbeThatIsUnknownDoesNotSayThatItsRunsPassed) {
  add_passing("health");
  add_unclear("login", Reason::own_dns);
  alert("SondeProbeInconclusive", "warning", "staging", "no verdict of login: 11 inconclusive runs")
      .labels["probe"] = "login";
  EXPECT_EQ(headline(),
            "1 probe cannot tell whether its target works: Our own DNS servers do not answer.");
  EXPECT_EQ(headline_of(facts()).also,
            "An alert fires: no verdict of login: 11 inconclusive runs.");
  alert("Slow", "warning", "staging", "health takes 9 s").labels["probe"] = "health";
  EXPECT_EQ(headline(), "The last runs of health passed, but an alert fires: health takes 9 s.");
}

TEST_F(HeadlineTest, AnAlertAboutATargetIsNotHiddenByOneProbeThatIsUnknown) {
  add_passing("login");
  add_unclear("chat", Reason::own_dns);
  alert("AuthSuccessRateLow", "critical", "staging", "auth success 40.0 % on staging");
  EXPECT_EQ(headline(), "An alert fires: auth success 40.0 % on staging.");
}

TEST_F(HeadlineTest, AnAlertWhoseConditionHasEndedIsNoProblem) {
  add_passing("login");
  alert("AuthOutage", "critical", "staging", "login passes again on staging").cleared =
      noon - minutes(1);
  EXPECT_EQ(headline(), "The probe passes.");
  EXPECT_EQ(headline_of(facts()).tone, Mark::passing);
  EXPECT_EQ(headline_of(facts()).also,
            "The alert AuthOutage ends soon: login passes again on staging.");
}

TEST_F(HeadlineTest, AnAlertThatEndsDoesNotHideOneThatHolds) {
  add_passing("login");
  alert("AuthOutage", "critical", "staging", "login passes again").cleared = noon - minutes(1);
  alert("Slow", "warning", "staging", "login takes 9 s");
  EXPECT_EQ(headline(), "The last runs passed, but an alert fires: login takes 9 s.");
}

TEST_F(HeadlineTest, TheWatchdogIsNoProblem) {
  add_passing("login");
  alert("Watchdog", "none", "", "Sonde evaluates alerts");
  EXPECT_EQ(headline(), "The probe passes.");
}

TEST_F(HeadlineTest, InconclusiveRunsSayNothingOfTheTarget) {
  add_passing("health");
  add_unclear("login", Reason::own_dns);
  EXPECT_EQ(headline(),
            "1 probe cannot tell whether its target works: Our own DNS servers do not answer.");
  EXPECT_EQ(headline_of(facts()).tone, Mark::unclear);
}

TEST_F(HeadlineTest, AFailureStandsWhileLaterRunsAreInconclusive) {
  const auto check = add_failing("login", Step::login, Reason::server_error);
  view.of(check).standing.inconclusive = FailureGroup{.reason = Reason::own_dns, .last = noon};
  EXPECT_THAT(headline(), StartsWith("Logins have failed"));
}

TEST_F(HeadlineTest, OwnNetworkThatIsDownIsSaidInsteadOfWhatFailedBefore) {
  add_failing("login", Step::login, Reason::tcp_timeout);
  sources.monitor.egress_up = false;
  EXPECT_EQ(headline(), "Sonde's own network is down, so nothing is known about any target now.");
}

TEST_F(HeadlineTest, AMonitorWithoutRunsIsNotGreen) {
  view.of(add_passing("login")).standing.last_run = noon - minutes(10);
  EXPECT_EQ(headline(), "No probe has run for several intervals, so nothing is known now.");
  add_passing("health");
  EXPECT_EQ(headline(), "1 probe has not run for several intervals.");
}

TEST_F(HeadlineTest, AProbeThatIsHeldBackIsNotGreenAndSaysWhy) {
  add_passing("health");
  CheckStatus& login = view.of(add_passing("login")).standing;
  login.last_run = noon - minutes(10);
  login.suppressed = noon - minutes(1);
  EXPECT_EQ(headline(),
            "1 probe cannot tell whether its target works: logins are held back after refusals, so "
            "that no account is locked.");
}

TEST_F(HeadlineTest, AProbeThatFailsDuringAMaintenanceIsNotGreen) {
  view.of(add_passing("login")).standing.newest = Outcome::fail;
  EXPECT_EQ(headline(),
            "1 probe cannot tell whether its target works: it fails during a maintenance, whose "
            "runs are not counted.");
  EXPECT_EQ(headline_of(facts()).tone, Mark::unclear);
}

TEST_F(HeadlineTest, ItWasCheckedWhenTheProbeThatItNamesWas) {
  const auto checked = [&] { return headline_of(facts()).checked; };
  EXPECT_EQ(checked(), std::nullopt);
  add_passing("health");
  const auto login = add_passing("login");
  EXPECT_EQ(checked(), noon - std::chrono::seconds(3));
  alert("Slow", "warning", "staging", "login takes 9 s").labels["probe"] = "login";
  view.of(login).standing.last_run = noon - std::chrono::seconds(20);
  EXPECT_EQ(checked(), noon - std::chrono::seconds(20));
  view.of(login).standing.last_run = noon - minutes(10);
  EXPECT_EQ(headline(), "1 probe has not run for several intervals.");
  EXPECT_EQ(checked(), noon - minutes(10));
  fails(login, Step::login, Reason::server_error);
  view.of(login).standing.last_run = noon - minutes(1);
  EXPECT_EQ(checked(), noon - minutes(1));
}

TEST_F(HeadlineTest, BeforeTheFirstRunNothingIsKnown) {
  view.add("login");
  EXPECT_EQ(headline(), "Nothing has been checked yet.");
  add_passing("health");
  EXPECT_EQ(headline(), "1 of 2 probes passes, and 1 has no result yet.");
}

TEST_F(HeadlineTest, AllWellHasNumbers) {
  for (const char* target : {"a", "b"}) view.tally(add_passing("login", target), {}, {100, 1});
  EXPECT_EQ(headline(),
            "All 2 probes pass on 2 targets; 198 of 200 runs passed in the last 24 hours.");
  EXPECT_EQ(headline_of(facts()).tone, Mark::passing);
}

// A word that only fits "since" would make a sentence nobody can read.
TEST(BrokenWords, AreAClauseForEveryReasonOfEveryStep) {
  for (const StepRow& step : steps())
    for (const Reason reason : reasons_at(step.step)) {
      const std::string_view words = broken_words(step.step, reason);
      EXPECT_TRUE(words.find(" have ") != words.npos || words.find(" has ") != words.npos) << words;
      EXPECT_FALSE(words.ends_with('.')) << words;
    }
}

}  // namespace
}  // namespace sonde::page::headline_test
