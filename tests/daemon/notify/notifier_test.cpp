#include <gmock/gmock.h>

#include "tests/daemon/notify/notifier_fixture.hpp"

namespace sonde::notify::notifier_test {
namespace {

using test::Answers;
using test::at;
using test::ended;
using test::made_alert;
using test::NotifierTest;
using testing::HasSubstr;

std::string status_of(const test::Request& request) {
  const auto body = text::Document::parse(request.body);
  return body ? body->root().member("status").text() : "";
}

TEST_F(NotifierTest, TellsOnceHoweverOftenItIsUpdated) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  for (int i = 0; i < 5; ++i) {
    update({made_alert()});
    run_until_sent(1);
  }
  idle();
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(facts().queue_length, 0U);
  EXPECT_EQ(facts().last_success, now);
}

TEST_F(NotifierTest, TellsTheEndAndThenForgets) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(1);
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(2);
  EXPECT_EQ(status_of(server.requests(2).at(1)), "resolved");
  EXPECT_EQ(store.size(), 1U);  // where the place was reached
}

TEST_F(NotifierTest, ARepeatIsGradedByWhatNobodyHasAcknowledged) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() +
            "\", body: { text: \"{{severity}} {{alertname}} {{title}}\" } }, "
            "repeat_interval: 1m }");
  Alert critical = made_alert("A");
  const Alert warning = made_alert("B", "staging", Severity::warning);
  update({critical, warning});
  run_until_sent(1);
  critical.acknowledged = true;
  now = at(600);
  update({critical, warning});
  run_until_sent(2);
  EXPECT_THAT(server.requests(2).at(0).body, HasSubstr("critical A FIRING staging (2 alerts)"));
  EXPECT_THAT(server.requests(2).at(1).body,
              HasSubstr("warning B FIRING staging (1 alert, 1 acknowledged)"));
}

TEST_F(NotifierTest, WaitsForTheGroupByItself) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" }, group_wait: 100ms }");
  now = at(0);
  update({made_alert()});
  idle(std::chrono::milliseconds(20));
  EXPECT_EQ(facts().sent, 0U);
  EXPECT_EQ(facts().queue_length, 1U);
  now = at(0.1);
  run_until_sent(1);
}

TEST_F(NotifierTest, TriesAgainUntilItIsTaken) {
  const test::Server server(Answers({500, 503, 200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(3);
  idle();
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(facts().failed["server_error"], 2U);
  EXPECT_EQ(facts().queue_length, 0U);
}

TEST_F(NotifierTest, GivesThePeaceThatRetryAfterAsksFor) {
  const test::Server server(Answers({429}, {{"Retry-After", "60"}}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(1);
  idle();
  EXPECT_EQ(facts().sent, 1U);
  EXPECT_EQ(facts().failed["rate_limited"], 1U);
  crash();  // and after a restart, too
  boot();
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  idle();
  EXPECT_EQ(facts().sent, 0U);
}

TEST_F(NotifierTest, BlackholeDelaysNoOther) {
  const test::BlackHole hole;
  const test::Server server(Answers({200}));
  configure("dead: { webhook: { url: \"http://127.0.0.1:" + std::to_string(hole.port()) +
            "\", timeout: 60s } }\n"
            "well: { webhook: { url: \"" +
            server.url() + "\" } }\n");
  update({made_alert()});
  run_until_sent(1, 1);
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(2, 1);
  EXPECT_EQ(facts(0).sent, 0U);
  EXPECT_EQ(facts(0).queue_length, 1U);
  shut(std::chrono::milliseconds(10));
}

TEST_F(NotifierTest, EndIsToldAlthoughItCameWhileThePlaceWasDown) {
  const test::Server server(Answers({200, 500, 500, 200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(1);
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(2);
  update({});  // the alert is long forgotten by whoever judges
  run_until_sent(4);
  const auto last = server.requests(4).at(3);
  EXPECT_EQ(status_of(last), "resolved");
  EXPECT_THAT(last.body, HasSubstr("2026-10-01T12:08:20.000Z"));
}

TEST_F(NotifierTest, FiringAlertIsNotToldAgainAfterARestart) {
  const test::Server server(Answers({200}));
  const std::string yaml = "team: { webhook: { url: \"" + server.url() + "\" } }";
  configure(yaml);
  update({made_alert()});
  run_until_sent(1);
  crash();
  boot();
  configure(yaml);
  update({made_alert()});
  idle();
  EXPECT_EQ(server.requests().size(), 1U);
  now = at(600);
  update({ended(made_alert(), 500)});
  run_until_sent(1);
  EXPECT_EQ(status_of(server.requests(2).at(1)), "resolved");
}

TEST_F(NotifierTest, UndeliveredSurvivesARestart) {
  std::atomic<int> status = 500;
  const test::Server server{
      test::Handler([&](const test::Request&) { return test::Script{test::answer(status)}; })};
  const std::string yaml = "team: { webhook: { url: \"" + server.url() + "\" } }";
  configure(yaml);
  update({made_alert()});
  run_until_sent(1);
  crash();
  status = 200;
  boot();
  configure(yaml);
  update({});  // it ended while nobody looked
  run_until_sent(1);
  EXPECT_EQ(facts().queue_length, 0U);
  EXPECT_EQ(status_of(server.requests().back()), "resolved");
}

TEST_F(NotifierTest, StopEndsNoAlert) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(1);
  shut();
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(NotifierTest, StopSendsWhatIsDueOnce) {
  const test::Server well(Answers({200})), ill(Answers({500}));
  configure("a: { webhook: { url: \"" + well.url() +
            "\" } }\n"
            "b: { webhook: { url: \"" +
            ill.url() + "\" } }\n");
  update({made_alert()});
  shut();
  EXPECT_EQ(well.requests().size(), 1U);
  EXPECT_EQ(ill.requests().size(), 1U);
}

TEST_F(NotifierTest, StopIsBounded) {
  const test::Server server(test::Script{test::hang()});
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until([&] { return !server.requests().empty(); });
  shut(std::chrono::milliseconds(10));
  EXPECT_EQ(store.size(), 2U);  // the alert that was tried, and the place
}

TEST_F(NotifierTest, RoutesByWhen) {
  const test::Server server(Answers({200}));
  configure("team: { webhook: { url: \"" + server.url() + "\" }, when: { target: production } }");
  update({made_alert("A", "staging"), made_alert("B", "production")});
  run_until_sent(1);
  const auto body = server.requests(1).at(0).body;
  EXPECT_THAT(body, HasSubstr("production"));
  EXPECT_THAT(body, testing::Not(HasSubstr("staging")));
}

TEST_F(NotifierTest, AReceiverIsToldOfWhatAnAlertHoldsBackThatItIsNotSent) {
  const test::Server dba(Answers({200})), all(Answers({200}));
  configure("dba: { webhook: { url: \"" + dba.url() + "\" }, when: { alert: B } }\n" +
            "all: { webhook: { url: \"" + all.url() + "\" } }");
  const Alert a = made_alert("A");
  Alert b = test::held_back(made_alert("B"));
  b.held_by = {fingerprint(a.labels)};
  update({a, b});
  run_until_sent(1, 0);
  EXPECT_THAT(dba.requests(1).at(0).body, HasSubstr("\"B\""));
  run_until_sent(1, 1);
}

TEST_F(NotifierTest, WhatIsRoutedElsewhereByAReloadEndsOnlyWhenItEnds) {
  const test::Server server(Answers({200}));
  const std::string team = "team: { webhook: { url: \"" + server.url() + "\" }";
  configure(team + " }");
  update({made_alert()});
  run_until_sent(1);
  configure(team + ", when: { alert: Other } }");
  now = at(20000);  // nor is it repeated
  update({made_alert()});
  idle();
  EXPECT_EQ(facts().sent, 1U);
  update({ended(made_alert(), 20001)});
  run_until_sent(2);
  EXPECT_EQ(status_of(server.requests(2).at(1)), "resolved");
}

TEST_F(NotifierTest, TheWatchdogWakesNobody) {
  const test::Server team(Answers({200})), alertmanager(Answers({200}));
  configure("team: { webhook: { url: \"" + team.url() + "\" } }\n" +
            "shop: { alertmanager: { urls: [\"" + alertmanager.url() + "\"] } }");
  Alert watchdog = made_alert("Watchdog");
  watchdog.labels["severity"] = "none";
  update({watchdog});
  run_until([&] { return facts(0).sent + facts(1).sent >= 1; });
  idle();
  EXPECT_EQ(team.requests().size(), 0U);
  EXPECT_EQ(alertmanager.requests().size(), 1U);
}

TEST_F(NotifierTest, ReloadKeepsWhatAPlaceKnowsAndForgetsAPlaceThatGoes) {
  const test::Server server(Answers({200}));
  const std::string team = "team: { webhook: { url: \"" + server.url() + "\" }";
  configure(team + " }\nother: { webhook: { url: \"" + server.url("/other") + "\" } }");
  update({made_alert()});
  run_until_sent(1, 0);
  run_until_sent(1, 1);
  EXPECT_EQ(store.size(), 4U);
  configure(team + ", repeat_interval: 1h }");
  note();
  EXPECT_EQ(store.size(), 2U);
  update({made_alert()});
  idle();
  EXPECT_EQ(facts().sent, 1U);
}

TEST_F(NotifierTest, PlaceThatGoesWhileItIsToldIsCut) {
  const test::Server server(test::Script{test::hang()});
  configure("team: { webhook: { url: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until([&] { return !server.requests().empty(); });
  configure("{}");
  shut();
}

TEST_F(NotifierTest, NotesOfPlacesThatAreGoneAreForgotten) {
  store["gone http://x 0011"] = "{}";
  configure("{}");
  note();
  EXPECT_TRUE(store.empty());
}

TEST_F(NotifierTest, FactsHaveEveryReasonFromTheStart) {
  configure("team: { webhook: { url: http://127.0.0.1:1 } }");
  EXPECT_EQ(facts().failed.size(), 6U);
  EXPECT_EQ(facts().durations.size(), facts().durations_bounds.size() + 1);
  EXPECT_EQ(notifier->undelivered({}), "");
}

}  // namespace
}  // namespace sonde::notify::notifier_test
