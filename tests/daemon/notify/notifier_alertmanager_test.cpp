#include <gmock/gmock.h>

#include "daemon/notify/destination_queue.hpp"
#include "tests/daemon/notify/notifier_fixture.hpp"

namespace sonde::notify::notifier_alertmanager_test {
namespace {

using test::Answers;
using test::made_alert;
using test::NotifierTest;
using testing::HasSubstr;

TEST_F(NotifierTest, EachAlertmanagerIsToldByItself) {
  const test::Server a(Answers({500})), b(Answers({200}));
  configure("pager: { alertmanager: { urls: [\"" + a.url() + "\", \"" + b.url() + "\"] } }");
  update({made_alert()});
  run_until_sent(1, 1);
  run_until_sent(2, 0);
  EXPECT_EQ(facts(1).queue_length, 0U);
  EXPECT_EQ(facts(0).queue_length, 1U);
  EXPECT_EQ(facts(0).name, "pager/127.0.0.1:" + std::to_string(a.port()));
}

TEST_F(NotifierTest, AlertmanagerIsToldAgainEveryMinute) {
  const test::Server server(Answers({200}));
  configure("pager: { alertmanager: { urls: \"" + server.url() + "\" } }");
  update({made_alert()});
  run_until_sent(1);
  now += std::chrono::seconds(59);
  update({made_alert()});
  idle(std::chrono::milliseconds(50));
  EXPECT_EQ(facts().sent, 1U);
  now += std::chrono::seconds(1);
  update({made_alert()});
  run_until_sent(2);
}

// Refuses what holds the alert "bad", as Alertmanager does.
test::Script pick(const test::Request& request) {
  return {test::answer(request.body.find("\"bad\"") == std::string::npos ? 200 : 400)};
}

TEST_F(NotifierTest, OneBadAlertIsFoundAndTheOthersAreTaken) {
  const test::Server server{test::Handler(pick)};
  configure("pager: { alertmanager: { urls: \"" + server.url() + "\" } }");
  std::vector<Alert> alerts = {made_alert("bad")};
  for (int i = 0; i < 20; ++i) alerts.push_back(made_alert("good" + std::to_string(i)));
  update(alerts);
  run_until([&] { return facts().queue_length == 1; });
  idle();
  const auto sent = facts().sent;
  EXPECT_LE(sent, 12U);
  update(alerts);
  idle();
  EXPECT_EQ(facts().sent, sent);
  now += std::chrono::minutes(1);
  update(alerts);
  run_until_sent(sent + 2);  // the good ones, and the bad one by itself
  idle();
  EXPECT_EQ(facts().sent, sent + 2);
  EXPECT_EQ(facts().dropped, 0U);
}

TEST_F(NotifierTest, AnAlertmanagerBehindAProxyThatRefusesForAWhileLosesNoAlert) {
  std::atomic<int> status = 400;
  const test::Server server{
      test::Handler([&](const test::Request&) { return test::Script{test::answer(status)}; })};
  const std::string yaml = "pager: { alertmanager: { urls: \"" + server.url() + "\" } }";
  const std::vector<Alert> alerts = {made_alert("A"), made_alert("B")};
  configure(yaml);
  update(alerts);
  run_until_sent(3);  // both, and each by itself
  idle();
  crash();
  boot();
  configure(yaml);
  status = 200;
  now += std::chrono::seconds(61);
  update(alerts);
  run_until_sent(1);
  EXPECT_EQ(facts().queue_length, 0U);
  EXPECT_THAT(server.requests().back().body,
              testing::AllOf(HasSubstr("\"A\""), HasSubstr("\"B\"")));
}

TEST_F(NotifierTest, APlaceThatRefusesEverythingDoesNotDeliver) {
  const test::Server server(Answers({400, 400, 400, 200}));
  const test::Receivers receivers("pager: { alertmanager: { urls: \"" + server.url() + "\" } }");
  const auto pipeline = std::make_shared<DestinationQueue>(
      network, destinations_of(receivers.entries.all).at(0),
      DestinationQueue::Options{
          .now = [this] { return now; }, .changed = [] {}, .external_url = "", .backoff = {}});
  const std::vector<Alert> alerts = {made_alert("A"), made_alert("B")};
  pipeline->update(alerts, now);
  run_until([&] { return pipeline->facts().sent >= 3; });
  EXPECT_FALSE(pipeline->delivers(Span{}));
  now += std::chrono::minutes(1);
  pipeline->update(alerts, now);
  run_until([&] { return pipeline->facts().sent >= 4; });
  EXPECT_TRUE(pipeline->delivers(Span{}));
}

TEST_F(NotifierTest, WhatBeganAndEndedWhileAnAlertmanagerRefusedIsToldStartAndEnd) {
  std::atomic<int> status = 400;
  const test::Server server{
      test::Handler([&](const test::Request&) { return test::Script{test::answer(status)}; })};
  configure("pager: { alertmanager: { urls: \"" + server.url() + "\" } }");
  update({made_alert("A")});
  run_until_sent(1);
  now += std::chrono::seconds(5);
  const Alert over = test::ended(made_alert("A"), 65);
  update({over});
  run_until_sent(2);
  status = 200;
  now += std::chrono::seconds(10);
  update({over});
  run_until_sent(3);
  EXPECT_THAT(server.requests().back().body, HasSubstr("; it ended at 12:01:05 UTC"));
  EXPECT_THAT(server.requests().back().body, HasSubstr("\"endsAt\":\"2026-10-01T12:05:15"));
  now += std::chrono::seconds(60);
  update({over});
  run_until_sent(4);
  EXPECT_THAT(server.requests().back().body, HasSubstr("\"endsAt\":\"2026-10-01T12:01:05"));
  EXPECT_EQ(facts().dropped, 0U);
}

// What fires always is taken, and pages are refused.
test::Script take_watchdog(const test::Request& request) {
  const bool page = request.body.find("\"Page\"") != std::string::npos;
  return {test::answer(page ? 400 : 200)};
}

TEST_F(NotifierTest, AWatchdogThatIsTakenDoesNotHideThatPagesAreRefused) {
  const test::Server server{test::Handler(take_watchdog)};
  configure("pager: { alertmanager: { urls: \"" + server.url() + "\" } }");
  update({made_alert("Watchdog"), made_alert("Page")});
  run_until([&] { return facts().queue_length == 1; });
  run_until_sent(3);
  EXPECT_EQ(notifier->undelivered({}), "pager");
  EXPECT_EQ(notifier->undelivered(std::chrono::minutes(2)), "");
  now += std::chrono::minutes(1);
  update({made_alert("Watchdog"), made_alert("Page")});
  run_until_sent(5);
  EXPECT_EQ(notifier->undelivered({}), "pager") << "also after another watchdog";
  update({made_alert("Watchdog"), test::ended(made_alert("Page"), 100)});
  EXPECT_EQ(notifier->undelivered({}), "pager") << "its start and its end are still owed";
}

TEST_F(NotifierTest, ItIsEnoughThatOneReceiverHasTakenThePage) {
  const test::Server bad{test::Handler(take_watchdog)}, good(Answers({200}));
  const std::string pager = "pager: { alertmanager: { urls: \"" + bad.url() + "\" } }\n";
  configure(pager + "team: { webhook: { url: \"" + good.url() + "\" } }");
  update({made_alert("Watchdog"), made_alert("Page")});
  run_until_sent(3, 0);
  run_until_sent(1, 1);
  EXPECT_EQ(notifier->undelivered({}), "");
}

TEST_F(NotifierTest, ReceiversOfOtherAlertsDoNotMakeUpForARefusedPage) {
  const test::Server bad{test::Handler(take_watchdog)}, good(Answers({200}));
  const std::string pager = "pager: { alertmanager: { urls: \"" + bad.url() + "\" } }\n";
  configure(pager + "team: { webhook: { url: \"" + good.url() + "\" }, when: { severity: info } }");
  update({made_alert("Page"), made_alert("Info", "staging", Severity::info)});
  run_until_sent(3, 0);
  run_until_sent(1, 1);
  EXPECT_EQ(notifier->undelivered({}), "pager");
}

TEST_F(NotifierTest, EachReceiverThatHasNotTakenAnAlertForTwoMinutesIsNamed) {
  const test::Server bad(Answers({500})), good(Answers({200}));
  configure("bad: { webhook: { url: \"" + bad.url() + "\" } }\n" + "good: { webhook: { url: \"" +
            good.url() + "\" } }");
  update({made_alert("Page")});
  run_until_sent(3, 0);
  run_until_sent(1, 1);
  EXPECT_TRUE(facts(0).undelivered.empty());
  ahead += delivery_patience;
  const ReceiverFacts::Undelivered page{fingerprint(made_alert("Page").labels), true};
  EXPECT_EQ(facts(0).undelivered, std::vector{page});
  EXPECT_TRUE(facts(1).undelivered.empty());
  EXPECT_EQ(notifier->undelivered(delivery_patience), "") << "the page has reached somebody";
}

}  // namespace
}  // namespace sonde::notify::notifier_alertmanager_test
