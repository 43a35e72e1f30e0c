#include "daemon/notify/slack.hpp"

#include <gmock/gmock.h>

#include "daemon/notify/slack_text.hpp"
#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::slack_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using testing::HasSubstr;
using testing::Not;

class SlackTest : public testing::Test {
 protected:
  text::Document body(const Message& message) { return body_of(*receivers.place(), message); }
  std::string block(const text::Document& document, std::size_t index) {
    return document.root().member("blocks").item(index).member("text").member("text").text();
  }
  test::SecretFile url{"https://hooks.slack.com/services/T/B/x"};
  test::Receivers receivers{"team: { slack: { url: " + url.yaml() + ", channel: \"#oncall\" } }"};
};

TEST_F(SlackTest, SaysWhatFiresSinceWhenAndWhereToLook) {
  Alert alert = made_alert();
  alert.annotations["runbook_url"] = "https://run/book?a=1&b=2";
  const auto document = body(message_of({alert}));
  EXPECT_EQ(document.root().member("text").text(),
            "*FIRING* staging (1 alert): login auth success 72.0 %, wanted 90 %");
  EXPECT_EQ(block(document, 0), "*FIRING* staging (1 alert)");
  EXPECT_EQ(block(document, 1),
            "*AuthSuccessRateLow* (critical): login auth success 72.0 %, wanted 90 %\n"
            "since 2026-10-01T12:00:00.000Z | <https://run/book?a=1&amp;b=2|runbook> | "
            "<http://127.0.0.1:9811/alerts/x|alert>");
  EXPECT_EQ(document.root().member("channel").text(), "#oncall");
}

TEST_F(SlackTest, ASecretThatHoldsNoUrlIsAMistakeThatDoesNotShowIt) {
  for (const char* kind : {"slack", "teams"}) {
    const test::SecretFile odd("xoxb-not-a-url");
    const test::Receivers wrong("team: { " + std::string(kind) + ": { url: " + odd.yaml() + " } }");
    EXPECT_THAT(wrong.notified(), HasSubstr("holds no http or https URL"));
    EXPECT_THAT(wrong.notified(), Not(HasSubstr("xoxb")));
  }
}

TEST_F(SlackTest, SaysWhatHasEnded) {
  auto document = body(message_of({made_alert("A"), ended(made_alert("B"), 90)}));
  EXPECT_EQ(block(document, 0), "*FIRING* staging (1 alert, 1 resolved)");
  EXPECT_THAT(block(document, 2), HasSubstr("until 2026-10-01T12:01:30.000Z"));
  document = body(message_of({ended(made_alert("B"), 90)}));
  EXPECT_EQ(block(document, 0), "*RESOLVED* staging");
}

TEST_F(SlackTest, TextFromOutsideCallsNobodyAndMakesNoLink) {
  Alert alert = made_alert("<!here>");
  alert.annotations["summary"] = "<!channel> & <https://evil|click>";
  alert.annotations["runbook_url"] = "https://x|evil> <!channel";
  const auto document = body(message_of({alert}));
  EXPECT_THAT(block(document, 1), Not(HasSubstr("<!")));
  EXPECT_THAT(block(document, 1), Not(HasSubstr("runbook")));
  EXPECT_THAT(block(document, 1), HasSubstr("&lt;!channel&gt; &amp; &lt;https://evil|click&gt;"));
  EXPECT_THAT(document.root().member("text").text(), Not(HasSubstr("<!")));
  const auto text = document.root().member("blocks").item(1).member("text");
  EXPECT_EQ(text.member("verbatim").boolean(), true);
}

TEST_F(SlackTest, StaysInsideTheBoundsOfSlack) {
  std::vector<Alert> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(made_alert("A" + std::to_string(i) + std::string(5000, '<')));
    many.back().annotations["summary"] = std::string(10000, '&');
    many.back().annotations["runbook_url"] = "https://x/" + std::string(480, '&');
    many.back().annotations["evidence_url"] = "https://x/" + std::string(480, '&');
    many.back().source_url = "https://x/" + std::string(480, 'x');
  }
  const auto document = body(message_of(many));
  const auto blocks = document.root().member("blocks");
  ASSERT_LE(blocks.size(), 50U);
  for (std::size_t i = 0; i < blocks.size(); ++i) EXPECT_LE(block(document, i).size(), 3000U) << i;
  EXPECT_EQ(block(document, blocks.size() - 1), "and 60 more");
  EXPECT_LE(document.root().member("text").text().size(), 3000U);
}

TEST_F(SlackTest, EscapeNeverCutsAnEntity) {
  EXPECT_EQ(slack_escape("a<b", 100), "a&lt;b");
  const std::string cut = slack_escape(std::string(1000, '&'), 100);
  EXPECT_LE(cut.size(), 100U);
  EXPECT_TRUE(cut.ends_with("&amp;...")) << cut;
}

TEST_F(SlackTest, ItsOwnYesAndThatOfCompatibleServicesIsADelivery) {
  for (const char* body :
       {"ok", "", "{\"ok\":true}", "{\"success\":true}", "1", "Ok.\n",
        "{\"result\":\"success\",\"msg\":\"\"}", "{\"ok\":true,\"error\":null}", "{}"})
    EXPECT_EQ(receivers.place()->judge(test::response(200, body)).outcome,
              DeliveryOutcome::accepted)
        << body;
  EXPECT_EQ(receivers.place()->judge(test::response(204)).outcome, DeliveryOutcome::accepted);
  EXPECT_EQ(
      receivers.place()->judge(test::response(200, "ok", {{"Content-Type", "text/html"}})).outcome,
      DeliveryOutcome::accepted);
}

TEST_F(SlackTest, AWebPageIsNoDeliveryAndIsTriedAgain) {
  for (const char* body : {"<!DOCTYPE html><title>Sign in</title>", "\r\n <html>",
                           "\xef\xbb\xbf<html>", "<?xml version=\"1.0\"?><html/>"}) {
    const Receipt receipt = receivers.place()->judge(test::response(200, body));
    EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry) << body;
    EXPECT_EQ(receipt.trouble, DeliveryError::refused) << body;
    EXPECT_THAT(receipt.detail, HasSubstr("a web page answered")) << body;
  }
}

TEST_F(SlackTest, JsonThatSaysNoIsNoDeliveryAndItsErrorIsShown) {
  for (const char* body :
       {R"({"ok":false,"error":"channel_not_found"})",
        R"({"success":false,"error":"channel_not_found"})",
        R"({"status":"error","message":"channel_not_found"})", R"({"error":"channel_not_found"})",
        R"({"result":"error","msg":"channel_not_found"})"}) {
    const Receipt receipt = receivers.place()->judge(test::response(200, body));
    EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry) << body;
    EXPECT_THAT(receipt.detail, HasSubstr("channel_not_found")) << body;
  }
  const auto judged = [&](const char* body) {
    return receivers.place()->judge(test::response(200, body)).outcome;
  };
  for (const char* no : {"false", R"([{"ok":false}])", R"({"errcode":93000,"errmsg":"x"})",
                         R"({"data":null,"errors":[{"message":"Not authorized"}]})"})
    EXPECT_EQ(judged(no), DeliveryOutcome::retry) << no;
  for (const char* yes :
       {R"({"status":"processed with 0 errors"})", R"({"errcode":0})", R"({"errors":[]})", "[]"})
    EXPECT_EQ(judged(yes), DeliveryOutcome::accepted) << yes;
}

// A text of ASCII in UTF-16, little endian first.
std::string utf16(std::string_view text, bool big_endian = false, bool mark = true) {
  std::string all = mark ? big_endian ? "\xfe\xff" : "\xff\xfe" : "";
  for (const char c : text) all += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return all;
}

TEST_F(SlackTest, ANoIsOneInAnyEncodingAndSpelling) {
  for (const std::string& body :
       {std::string(R"({"success":"false"})"), std::string(R"({"ok":"no"})"),
        std::string("\xef\xbb\xbf{\"ok\":false}"), std::string(R"({"status":"unauthorized"})"),
        std::string(R"({"status":"Forbidden by policy"})"), std::string(R"({"status":401})"),
        std::string(R"({"code":503,"message":"x"})"), std::string(R"({"result":"not_found"})"),
        utf16("<html>sign in</html>"), utf16("<html>sign in</html>", true),
        utf16("<html>", false, false), utf16(R"({"ok":false})")})
    EXPECT_EQ(receivers.place()->judge(test::response(200, body)).outcome, DeliveryOutcome::retry)
        << body;
  for (const std::string& body :
       {std::string(R"({"success":"true"})"), std::string(R"({"status":"sent","code":0})"),
        std::string(R"({"status":200})"), utf16("ok"), utf16(R"({"ok":true})")})
    EXPECT_EQ(receivers.place()->judge(test::response(200, body)).outcome,
              DeliveryOutcome::accepted)
        << body;
}

TEST_F(SlackTest, UrlIsASecretOrNothing) {
  const test::Receivers literal("team: { slack: { url: \"https://hooks.slack.com/x\" } }");
  EXPECT_THAT(literal.notified(),
              HasSubstr("receivers.team.slack.url: a secret cannot stand here"));
  EXPECT_THAT(receivers.place()->place(), Not(HasSubstr("hooks.slack.com")));
}

}  // namespace
}  // namespace sonde::notify::slack_test
