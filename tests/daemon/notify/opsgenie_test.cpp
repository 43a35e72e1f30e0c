#include "daemon/notify/opsgenie.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::opsgenie_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using test::response;

class OpsgenieTest : public testing::Test {
 protected:
  static std::string url_of(const test::Receivers& receivers, const Message& message) {
    return receivers.place()->request(message)->request.url.text();
  }
  test::SecretFile key{"0a1b2c3d-key"};
  test::Receivers receivers{"ops: { opsgenie: { api_key: " + key.yaml() + ", tags: [chat] } }"};
};

TEST_F(OpsgenieTest, CreatesAnAlertByItsAlias) {
  Alert alert = made_alert();
  alert.annotations["runbook_url"] = "https://run/book";
  const Message message = message_of({alert});
  EXPECT_EQ(url_of(receivers, message), "https://api.opsgenie.com/v2/alerts");
  const auto prepared = receivers.place()->request(message);
  EXPECT_THAT(prepared->request.headers,
              testing::Contains(testing::Pair("Authorization", "GenieKey 0a1b2c3d-key")));
  EXPECT_THAT(prepared->secrets, testing::Contains("0a1b2c3d-key"));
  const auto document = body_of(*receivers.place(), message);
  const auto root = document.root();
  EXPECT_EQ(root.member("message").text(), "staging: login auth success 72.0 %, wanted 90 %");
  EXPECT_EQ(root.member("alias").text().size(), 64U);
  EXPECT_EQ(root.member("priority").text(), "P1");
  EXPECT_EQ(root.member("tags").item(0).text(), "chat");
  EXPECT_EQ(root.member("details").member("alertname").text(), "AuthSuccessRateLow");
  EXPECT_EQ(root.member("details").member("Runbook").text(), "https://run/book");
}

TEST_F(OpsgenieTest, ClosesTheSameAliasAtTheEnd) {
  const auto begun = body_of(*receivers.place(), message_of({made_alert()}));
  EXPECT_EQ(url_of(receivers, message_of({ended(made_alert(), 60)})),
            "https://api.opsgenie.com/v2/alerts/" + begun.root().member("alias").text() +
                "/close?identifierType=alias");
}

TEST_F(OpsgenieTest, AnotherRegionIsAnotherAddress) {
  const test::Receivers europe("ops: { opsgenie: { api_key: " + key.yaml() +
                               ", url: https://api.eu.opsgenie.com } }");
  EXPECT_EQ(url_of(europe, message_of({made_alert()})), "https://api.eu.opsgenie.com/v2/alerts");
}

TEST_F(OpsgenieTest, StaysInsideTheBoundsOfItsFields) {
  std::vector<Alert> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(made_alert("A" + std::to_string(i)));
    many.back().annotations["summary"] = std::string(2000, 'x');
  }
  const auto document = body_of(*receivers.place(), message_of(many));
  EXPECT_LE(document.root().member("message").text().size(), 130U);
  EXPECT_LE(document.root().member("description").text().size(), 15'000U);
}

TEST_F(OpsgenieTest, AcceptedMeansThatARequestIdCame) {
  const auto judged = [&](int status, std::string text) {
    return receivers.place()->judge(response(status, std::move(text))).outcome;
  };
  EXPECT_EQ(judged(202, R"({"result":"Request will be processed","requestId":"43a2"})"),
            DeliveryOutcome::accepted);
  EXPECT_EQ(judged(200, "<html>portal</html>"), DeliveryOutcome::retry);
  EXPECT_EQ(judged(202, "{}"), DeliveryOutcome::retry);
  EXPECT_EQ(judged(401, R"({"message":"Key is not valid","requestId":"1"})"),
            DeliveryOutcome::refused);
  EXPECT_EQ(judged(429, ""), DeliveryOutcome::retry);
}

TEST_F(OpsgenieTest, AnAlertThatIsGoneNeedsNoClose) {
  const auto receipt = receivers.place()->judge(
      response(404, R"({"message":"Alert with alias [x] does not exist","requestId":"1"})"));
  EXPECT_EQ(receipt.outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(receivers.place()->judge(response(404, "nothing here")).outcome,
            DeliveryOutcome::refused);
}

TEST_F(OpsgenieTest, ItsKeyIsItsIdentityAndItHoldsIncidents) {
  EXPECT_TRUE(receivers.place()->holds_incidents());
  const std::string before = receivers.place()->identity();
  const auto pinned = receivers.place()->pinned();
  key.replace("another-key");
  EXPECT_NE(receivers.place()->identity(), before);
  EXPECT_EQ(pinned->identity(), before);
}

}  // namespace
}  // namespace sonde::notify::opsgenie_test
