#include "daemon/notify/teams.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::teams_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using test::response;
using testing::HasSubstr;
using testing::Not;

class TeamsTest : public testing::Test {
 protected:
  text::Document body(const Message& message) { return body_of(*receivers.place(), message); }
  static text::Json card(const text::Document& document) {
    return document.root().member("attachments").item(0).member("content");
  }
  static std::string run(const text::Document& document, std::size_t block, std::size_t index) {
    return card(document)
        .member("body")
        .item(block)
        .member("inlines")
        .item(index)
        .member("text")
        .text();
  }
  test::SecretFile url{"https://prod-1.westeurope.logic.azure.com/workflows/x?sig=secret"};
  test::Receivers receivers{"team: { teams: { url: " + url.yaml() + " } }"};
};

TEST_F(TeamsTest, PostsAnAdaptiveCard) {
  const auto document = body(message_of({made_alert()}));
  const auto attachment = document.root().member("attachments").item(0);
  EXPECT_EQ(document.root().member("type").text(), "message");
  EXPECT_EQ(attachment.member("contentType").text(), "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(card(document).member("type").text(), "AdaptiveCard");
  EXPECT_EQ(run(document, 0, 0), "FIRING staging (1 alert)");
  EXPECT_EQ(run(document, 1, 0), "AuthSuccessRateLow");
  EXPECT_EQ(run(document, 1, 2), "login auth success 72.0 %, wanted 90 %");
  EXPECT_EQ(run(document, 2, 1), "Alert");
}

TEST_F(TeamsTest, TextFromOutsideStaysText) {
  Alert alert = made_alert("[x](https://evil)");
  alert.annotations["summary"] = "**bold** <at>everyone</at> \"quoted\"";
  alert.annotations["runbook_url"] = "javascript:alert(1)";
  const auto document = body(message_of({alert}));
  EXPECT_EQ(run(document, 1, 2), "**bold** <at>everyone</at> \"quoted\"");
  const auto prepared = receivers.place()->request(message_of({alert}));
  EXPECT_THAT(prepared->request.body, Not(HasSubstr("javascript")));
  EXPECT_THAT(prepared->request.body, Not(HasSubstr("\"TextBlock\"")));
}

TEST_F(TeamsTest, StaysBelowTheSizeThatTeamsTakes) {
  std::vector<Alert> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(made_alert("A" + std::to_string(i) + std::string(5000, '\x01')));
    many.back().annotations["summary"] = std::string(10000, '"');
  }
  const auto prepared = receivers.place()->request(message_of(many));
  EXPECT_LE(prepared->request.body.size(), 28UL * 1024);
  EXPECT_THAT(prepared->request.body, HasSubstr(" more\""));
}

TEST_F(TeamsTest, UrlIsASecret) {
  const auto prepared = receivers.place()->request(message_of({made_alert()}));
  EXPECT_THAT(prepared->secrets, testing::Contains(HasSubstr("sig=secret")));
  EXPECT_THAT(receivers.place()->place(), Not(HasSubstr("azure")));
}

TEST_F(TeamsTest, AWorkflowAcceptsWithoutABodyAndAConnectorFailsInItsText) {
  const auto judged = [&](int status, std::string text) {
    return receivers.place()->judge(response(status, std::move(text))).outcome;
  };
  EXPECT_EQ(judged(202, ""), DeliveryOutcome::accepted);
  EXPECT_EQ(judged(200, "1"), DeliveryOutcome::accepted);
  EXPECT_EQ(judged(200,
                   "Webhook message delivery failed with error: Microsoft Teams endpoint "
                   "returned HTTP error 429"),
            DeliveryOutcome::retry);
  EXPECT_EQ(judged(400, R"({"error":{"code":"TriggerInputSchemaMismatch"}})"),
            DeliveryOutcome::refused);
  EXPECT_EQ(judged(429, ""), DeliveryOutcome::retry);
}

}  // namespace
}  // namespace sonde::notify::teams_test
