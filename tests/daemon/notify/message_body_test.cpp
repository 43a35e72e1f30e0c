#include "daemon/notify/message_body.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::message_body_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using test::response;
using testing::HasSubstr;

std::string webhook(const std::string& keys) {
  return "hook: { webhook: { url: https://hooks.example.com/x, " + keys + " } }";
}

std::string posted(const test::Receivers& receivers, const Message& message) {
  return receivers.place()->request(message)->request.body;
}

TEST(MessageBody, ATreeBecomesJsonInWhichNoTextBreaksOut) {
  const test::Receivers receivers(
      webhook("body: { content: \"{{title}}: {{summary}}\", color: 16711680, "
              "tags: [\"{{labels.alertname}}\"], none: \"{{labels.team}}\" }"));
  Alert alert = made_alert();
  alert.annotations["summary"] = "a \"quoted\" \\ text\nwith }}{{ in it";
  const auto document = body_of(*receivers.place(), message_of({alert}));
  const auto root = document.root();
  EXPECT_EQ(root.member("content").text(),
            "FIRING staging (1 alert): a \"quoted\" \\ text\nwith }}{{ in it");
  EXPECT_EQ(root.member("color").number(), 16711680);
  EXPECT_EQ(root.member("tags").item(0).text(), "AuthSuccessRateLow");
  EXPECT_EQ(root.member("none").text(), "");
}

TEST(MessageBody, ATextIsPostedAsItIsWithItsOwnType) {
  const test::Receivers receivers(
      webhook("content_type: application/x-www-form-urlencoded, method: PUT, "
              "body: \"status={{status}}&text={{summary | urlenc}}\""));
  const auto prepared = receivers.place()->request(message_of({ended(made_alert(), 5)}));
  EXPECT_EQ(prepared->request.method, "PUT");
  EXPECT_EQ(prepared->request.body,
            "status=resolved&text=login%20auth%20success%2072.0%20%25%2C%20wanted%2090%20%25");
  EXPECT_EQ(prepared->request.headers.front().second, "application/x-www-form-urlencoded");
}

TEST(MessageBody, EveryNameOfTheTableCanBeUsed) {
  for (const auto& name : MessageBody::names()) {
    const test::Receivers receivers(
        webhook("content_type: text/plain, body: \"<{{" + std::string(name.name) + "}}>\""));
    ASSERT_EQ(receivers.notified(), "") << name.name;
    EXPECT_THAT(posted(receivers, message_of({made_alert()})), testing::StartsWith("<"));
  }
}

TEST(MessageBody, AnUnknownNameIsAMistakeThatSuggestsTheNearest) {
  const test::Receivers receivers(webhook("body: { text: \"{{sumary}}\" }"));
  EXPECT_THAT(receivers.notified(), HasSubstr("sumary"));
  EXPECT_THAT(receivers.notified(), HasSubstr("summary"));
}

TEST(MessageBody, SecretsOfTheBodyAreFilledInAndHidden) {
  const test::SecretFile token("pushover-token");
  const test::Receivers receivers(
      webhook("secrets: { app: " + token.yaml() + " }, body: { token: \"{{secrets.app}}\" }"));
  ASSERT_EQ(receivers.notified(), "");
  const auto prepared = receivers.place()->request(message_of({made_alert()}));
  EXPECT_EQ(prepared->request.body, R"({"token":"pushover-token"})");
  EXPECT_THAT(prepared->secrets, testing::Contains("pushover-token"));
}

TEST(MessageBody, ASecretThatTheReceiverDoesNotHaveIsAMistake) {
  const test::Receivers receivers(webhook("body: { token: \"{{secrets.app}}\" }"));
  EXPECT_THAT(receivers.notified(), HasSubstr("app"));
}

TEST(MessageBody, AnOwnBodyIsJudgedByTheAnswerToo) {
  const test::Receivers own(webhook("body: { text: \"{{title}}\" }"));
  const test::Receivers plain("hook: { webhook: { url: https://hooks.example.com/x } }");
  const auto answer = response(200, R"({"ok":false})");
  EXPECT_EQ(own.place()->judge(answer).outcome, DeliveryOutcome::retry);
  EXPECT_EQ(plain.place()->judge(answer).outcome, DeliveryOutcome::accepted);
}

TEST(MessageBody, ATemplateInTheUrlIsAMistake) {
  const test::Receivers templated(
      "hook: { webhook: { url: 'https://hooks.example.com/x?token={{identity.hook}}' } }");
  EXPECT_THAT(templated.notified(), HasSubstr("no template is filled in here"));
}

TEST(MessageBody, JsonThatATextOfAnAlertCanBreakIsAMistake) {
  const auto notified = [](const std::string& body) {
    return test::Receivers(webhook("body: '" + body + "'")).notified();
  };
  EXPECT_THAT(notified(R"({"text": "{{summary}}"})"), HasSubstr("| json"));
  EXPECT_EQ(notified(R"({"text": "{{summary | json}}"})"), "");
  EXPECT_EQ(test::Receivers(webhook("content_type: text/plain, body: \"{{summary}}\"")).notified(),
            "");
}

TEST(MessageBody, AContentTypeThatNoHeaderCarriesIsAMistake) {
  const test::Receivers receivers(webhook("content_type: \"text/plain\\r\\nX: y\", body: x"));
  EXPECT_THAT(receivers.notified(), HasSubstr("content_type"));
}

}  // namespace
}  // namespace sonde::notify::message_body_test
