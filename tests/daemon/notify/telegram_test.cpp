#include "daemon/notify/telegram.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::telegram_test {
namespace {

using test::body_of;
using test::made_alert;
using test::message_of;
using test::response;
using testing::HasSubstr;
using testing::Not;

class TelegramTest : public testing::Test {
 protected:
  test::SecretFile token{"110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"};
  test::Receivers receivers{"chat: { telegram: { bot_token: " + token.yaml() +
                            ", chat_id: \"-1001234567890\", thread_id: 7 } }"};
};

TEST_F(TelegramTest, SendsPlainTextToTheChat) {
  const auto prepared = receivers.place()->request(message_of({made_alert("<b>A</b> *x*")}));
  EXPECT_EQ(prepared->request.url.text(),
            "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage");
  EXPECT_THAT(prepared->secrets, testing::Contains(HasSubstr("AAHdq")));
  const auto document = body_of(*receivers.place(), message_of({made_alert("<b>A</b> *x*")}));
  EXPECT_EQ(document.root().member("chat_id").text(), "-1001234567890");
  EXPECT_EQ(document.root().member("message_thread_id").number(), 7);
  EXPECT_FALSE(document.root().member("parse_mode"));
  EXPECT_THAT(document.root().member("text").text(),
              HasSubstr("FIRING staging (1 alert)\n\n<b>A</b> *x* (critical): login"));
}

TEST_F(TelegramTest, PlaceDoesNotShowTheToken) {
  EXPECT_EQ(receivers.place()->place(), "https://api.telegram.org chat -1001234567890");
}

TEST_F(TelegramTest, TextHasAtMost4096Characters) {
  std::vector<Alert> many(100, made_alert());
  const auto document = body_of(*receivers.place(), message_of(many));
  EXPECT_LE(document.root().member("text").text().size(), 4096U);
  EXPECT_THAT(document.root().member("text").text(), testing::EndsWith(" more"));
}

TEST_F(TelegramTest, OnlyOkTrueIsADelivery) {
  const auto judged = [&](int status, std::string text) {
    return receivers.place()->judge(response(status, std::move(text)));
  };
  EXPECT_EQ(judged(200, R"({"ok":true,"result":{}})").outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(judged(200, R"({"ok":false})").outcome, DeliveryOutcome::retry);
  EXPECT_EQ(judged(200, "fine").outcome, DeliveryOutcome::retry);
  EXPECT_EQ(judged(403, R"({"ok":false,"description":"bot was blocked"})").outcome,
            DeliveryOutcome::refused);
}

TEST_F(TelegramTest, WaitsAsLongAsTelegramAsks) {
  const auto receipt = receivers.place()->judge(
      response(429, R"({"ok":false,"error_code":429,"parameters":{"retry_after":31}})"));
  EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(receipt.wait, Span(std::chrono::seconds(31)));
  const auto hostile =
      receivers.place()->judge(response(429, R"({"ok":false,"parameters":{"retry_after":1e300}})"));
  EXPECT_LE(*hostile.wait, Span(std::chrono::hours(1)));
}

TEST_F(TelegramTest, AChatIdIsNeeded) {
  const test::Receivers without("chat: { telegram: { bot_token: " + token.yaml() + " } }");
  EXPECT_THAT(without.notified(), HasSubstr("chat_id"));
}

}  // namespace
}  // namespace sonde::notify::telegram_test
