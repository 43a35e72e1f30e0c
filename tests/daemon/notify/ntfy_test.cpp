#include "daemon/notify/ntfy.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::ntfy_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using test::response;

TEST(Ntfy, PublishesAsJsonWithPriorityAndActions) {
  const test::SecretFile token("tk_secret");
  const test::Receivers receivers(
      "phone: { ntfy: { topic: oncall, url: https://ntfy.example.com, "
      "token: " +
      token.yaml() + " } }");
  Alert alert = made_alert();
  alert.annotations["runbook_url"] = "https://run/book";
  const auto prepared = receivers.place()->request(message_of({alert}));
  EXPECT_EQ(prepared->request.url.text(), "https://ntfy.example.com/");
  EXPECT_THAT(prepared->request.headers,
              testing::Contains(testing::Pair("Authorization", "Bearer tk_secret")));
  const auto document = body_of(*receivers.place(), message_of({alert}));
  const auto root = document.root();
  EXPECT_EQ(root.member("topic").text(), "oncall");
  EXPECT_EQ(root.member("title").text(), "FIRING staging (1 alert)");
  EXPECT_EQ(root.member("priority").number(), 5);
  EXPECT_EQ(root.member("tags").item(0).text(), "rotating_light");
  EXPECT_EQ(root.member("actions").item(0).member("url").text(), "https://run/book");
}

TEST(Ntfy, TheEndIsQuiet) {
  const test::Receivers receivers("phone: { ntfy: { topic: oncall } }");
  const auto document = body_of(*receivers.place(), message_of({ended(made_alert(), 9)}));
  EXPECT_EQ(document.root().member("priority").number(), 3);
  EXPECT_EQ(document.root().member("tags").item(0).text(), "white_check_mark");
}

TEST(Ntfy, ATopicMayBeASecret) {
  const test::SecretFile topic("hard-to-guess");
  const test::Receivers receivers("phone: { ntfy: { topic: " + topic.yaml() + " } }");
  EXPECT_THAT(receivers.place()->place(), testing::Not(testing::HasSubstr("hard-to-guess")));
  EXPECT_THAT(receivers.place()->request(message_of({made_alert()}))->secrets,
              testing::Contains("hard-to-guess"));
  const std::string before = receivers.place()->identity();
  topic.replace("another");
  EXPECT_NE(receivers.place()->identity(), before);
}

TEST(Ntfy, AcceptedMeansThatTheMessageHasAnId) {
  const test::Receivers receivers("phone: { ntfy: { topic: oncall } }");
  const auto judged = [&](int status, std::string text) {
    return receivers.place()->judge(response(status, std::move(text))).outcome;
  };
  EXPECT_EQ(judged(200, R"({"id":"Kx","time":1,"event":"message","topic":"oncall"})"),
            DeliveryOutcome::accepted);
  EXPECT_EQ(judged(200, "ok"), DeliveryOutcome::retry);
  EXPECT_EQ(judged(403, R"({"code":40301,"http":403,"error":"forbidden"})"),
            DeliveryOutcome::refused);
  EXPECT_EQ(judged(429, R"({"code":42901,"http":429})"), DeliveryOutcome::retry);
}

TEST(Ntfy, TextStaysBelowTheSizeOfAnAttachment) {
  const test::Receivers receivers("phone: { ntfy: { topic: oncall } }");
  const auto document =
      body_of(*receivers.place(), message_of(std::vector<Alert>(100, made_alert())));
  EXPECT_LT(document.root().member("message").text().size(), 4096U);
}

}  // namespace
}  // namespace sonde::notify::ntfy_test
