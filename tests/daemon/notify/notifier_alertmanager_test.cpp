#include <gmock/gmock.h>

#include "daemon/notify/pipeline.hpp"
#include "tests/daemon/notify/notifier_fixture.hpp"

namespace sonde::notifier_alertmanager_test {
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
  const auto pipeline = std::make_shared<Pipeline>(
      network, destinations_of(receivers.entries.all).at(0),
      Pipeline::Options{
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

}  // namespace
}  // namespace sonde::notifier_alertmanager_test
