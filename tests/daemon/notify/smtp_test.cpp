#include "daemon/notify/smtp.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::smtp_test {
namespace {

using testing::HasSubstr;

MailOutcome outcome(int code, int reply, std::string said) {
  return {.curl_code = code,
          .trouble = "RCPT failed: 550",
          .reply = reply,
          .reply_text = std::move(said),
          .peer = {}};
}

TEST(Smtp, ATakenMailIsAccepted) {
  const Receipt receipt = judge_mail(outcome(0, 250, "250 2.0.0 Ok: queued as 7E2"));
  EXPECT_EQ(receipt.outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(receipt.detail, "250 2.0.0 Ok: queued as 7E2");
}

TEST(Smtp, ATemporaryReplyIsRetriedAndAPermanentOneIsNot) {
  const Receipt later = judge_mail(outcome(55, 451, "451 4.7.1 Greylisted, come back"));
  EXPECT_EQ(later.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(later.trouble, DeliveryError::server_error);
  EXPECT_THAT(later.detail, HasSubstr("Greylisted"));
  const Receipt never = judge_mail(outcome(55, 550, "550 5.1.1 no such user"));
  EXPECT_EQ(never.outcome, DeliveryOutcome::refused);
  EXPECT_THAT(never.detail, HasSubstr("no such user"));
}

TEST(Smtp, NoConnectionIsRetried) {
  const Receipt receipt = judge_mail(outcome(7, 0, ""));
  EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(receipt.trouble, DeliveryError::network);
}

}  // namespace
}  // namespace sonde::notify::smtp_test
