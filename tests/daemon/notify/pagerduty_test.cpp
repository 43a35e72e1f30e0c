#include "daemon/notify/pagerduty.hpp"

#include <gmock/gmock.h>

#include "probes/text/digest.hpp"
#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::pagerduty_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;

class PagerDutyTest : public testing::Test {
 protected:
  text::Document body(const Message& message) { return body_of(*receivers.place(), message); }
  Message of_one(const Alert& alert) {
    return message_of({alert}, receivers.place()->group_of(alert));
  }
  test::SecretFile key{"0123456789abcdef0123456789abcdef"};
  test::Receivers receivers{"pd: { pagerduty: { routing_key: " + key.yaml() + " } }"};
};

TEST_F(PagerDutyTest, TriggersAnEvent) {
  Alert alert = made_alert();
  alert.annotations["runbook_url"] = "https://run/book";
  const auto prepared = receivers.place()->request(of_one(alert));
  EXPECT_EQ(prepared->request.url.text(), "https://events.pagerduty.com/v2/enqueue");
  EXPECT_THAT(prepared->secrets, testing::Contains("0123456789abcdef0123456789abcdef"));
  const auto document = body(of_one(alert));
  const auto root = document.root();
  EXPECT_EQ(root.member("routing_key").text(), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(root.member("event_action").text(), "trigger");
  EXPECT_EQ(root.member("dedup_key").text(),
            text::sha256(R"({alertname="AuthSuccessRateLow", severity="critical", )"
                         R"(target="staging"})"));
  const auto payload = root.member("payload");
  EXPECT_EQ(payload.member("summary").text(), "login auth success 72.0 %, wanted 90 %");
  EXPECT_EQ(payload.member("source").text(), "staging");
  EXPECT_EQ(payload.member("severity").text(), "critical");
  EXPECT_EQ(payload.member("timestamp").text(), "2026-10-01T12:00:00.000Z");
  EXPECT_EQ(payload.member("class").text(), "AuthSuccessRateLow");
  EXPECT_EQ(payload.member("custom_details").member("count").number(), 1);
  EXPECT_EQ(root.member("links").item(0).member("href").text(), "https://run/book");
  EXPECT_EQ(root.member("client_url").text(), "http://sonde.example.com");
}

TEST_F(PagerDutyTest, OneIncidentIsOneOfTheirs) {
  Alert first = made_alert("A"), second = made_alert("B");
  first.group = second.group = "staging-1";
  const auto group = receivers.place()->group_of(first);
  EXPECT_EQ(group, receivers.place()->group_of(second));
  const auto document = body(message_of({first, second}, group));
  EXPECT_EQ(document.root().member("payload").member("summary").text(),
            "login auth success 72.0 %, wanted 90 % (2 alerts)");
  const auto end = body(message_of({ended(second, 5), ended(first, 5)}, group));
  EXPECT_EQ(end.root().member("event_action").text(), "resolve");
  EXPECT_EQ(end.root().member("dedup_key").text(), document.root().member("dedup_key").text());
  EXPECT_FALSE(end.root().member("payload"));
}

TEST_F(PagerDutyTest, AlertsOfNoIncidentAreIncidentsOfTheirOwn) {
  const auto& receiver = *receivers.place();
  EXPECT_NE(receiver.group_of(made_alert("A")), receiver.group_of(made_alert("B")));
}

TEST_F(PagerDutyTest, StaysInsideTheBoundsOfPagerDuty) {
  std::vector<Alert> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(made_alert("A" + std::to_string(i) + std::string(10000, '\x01')));
    many.back().annotations["summary"] = std::string(10000, '"');
    many.back().group = "one";
  }
  const auto prepared = receivers.place()->request(message_of(many));
  EXPECT_LE(prepared->request.body.size(), 512U * 1024);
  const auto document = body(message_of(many));
  EXPECT_LE(document.root().member("payload").member("summary").text().size(), 1024U);
}

TEST_F(PagerDutyTest, OnlyItsOwnYesIsADelivery) {
  const auto judged = [&](int status, const std::string& body) {
    return receivers.place()->judge(test::response(status, body));
  };
  EXPECT_EQ(judged(202, R"({"status":"success","message":"Event processed"})").outcome,
            DeliveryOutcome::accepted);
  for (const char* body :
       {"", "ok", "{}", "<html>Sign in</html>", "false", R"({"status":"pending"})",
        R"({"status":"invalid event"})", R"(["success"])", R"({"ok":true})"}) {
    const Receipt receipt = judged(200, body);
    EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry) << body;
    EXPECT_EQ(receipt.trouble, DeliveryError::refused) << body;
  }
  EXPECT_EQ(judged(400, R"({"status":"invalid event"})").outcome, DeliveryOutcome::refused);
}

TEST_F(PagerDutyTest, KeyIsReadAnewAndWithoutItNothingIsPosted) {
  auto file = std::make_unique<test::SecretFile>("soon gone");
  const test::Receivers gone("pd: { pagerduty: { routing_key: " + file->yaml() + " } }");
  EXPECT_TRUE(gone.place()->request(of_one(made_alert())));
  file.reset();
  EXPECT_FALSE(gone.place()->request(of_one(made_alert())));
}

}  // namespace
}  // namespace sonde::notify::pagerduty_test
