#include "daemon/notify/webhook.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::webhook_test {
namespace {

using test::body_of;
using test::ended;
using test::made_alert;
using test::message_of;
using test::response;

std::shared_ptr<const Receiver> receiver() {
  return test::Receivers("team: { webhook: { url: http://hook/x } }").place();
}

TEST(Webhook, BodyIsAlertmanagersVersion4) {
  const auto prepared = receiver()->request(message_of({made_alert()}));
  EXPECT_EQ(prepared->request.url.text(), "http://hook/x");
  EXPECT_EQ(prepared->request.body,
            R"({"receiver":"team","status":"firing","alerts":[{"status":"firing","labels":)"
            R"({"alertname":"AuthSuccessRateLow","severity":"critical","target":"staging"},)"
            R"("annotations":{"summary":"login auth success 72.0 %, wanted 90 %"},)"
            R"("startsAt":"2026-10-01T12:00:00.000Z","endsAt":"0001-01-01T00:00:00Z",)"
            R"("generatorURL":"http://127.0.0.1:9811/alerts/x","fingerprint":"8af56c64d4d05001"}],)"
            R"("groupLabels":{"target":"staging"},)"
            R"("commonLabels":{"alertname":"AuthSuccessRateLow","severity":"critical",)"
            R"("target":"staging"},)"
            R"("commonAnnotations":{"summary":"login auth success 72.0 %, wanted 90 %"},)"
            R"("externalURL":"http://sonde.example.com","version":"4",)"
            R"("groupKey":"{}:{target=\"staging\"}","truncatedAlerts":0})");
}

TEST(Webhook, EachAlertHasTheIdOfTheIncidentAsAnAnnotation) {
  Message message = message_of({made_alert("A"), made_alert("B")});
  message.incident = "0123456789abcdef";
  message.alerts[1].annotations["incident"] = "of the rule";
  auto body = body_of(*receiver(), message);
  const auto annotation = [&](std::size_t index) {
    return body.root().member("alerts").item(index).member("annotations").member("incident").text();
  };
  EXPECT_EQ(annotation(0), "0123456789abcdef");
  EXPECT_EQ(annotation(1), "of the rule");
  message.alerts.pop_back();
  body = body_of(*receiver(), message);
  EXPECT_EQ(body.root().member("commonAnnotations").member("incident").text(), "0123456789abcdef");
}

TEST(Webhook, IsFiringWhileOneAlertFires) {
  const Alert over = ended(made_alert("A"), 50);
  auto body = body_of(*receiver(), message_of({made_alert("B"), over}));
  EXPECT_EQ(body.root().member("status").text(), "firing");
  const auto second = body.root().member("alerts").item(1);
  EXPECT_EQ(second.member("status").text(), "resolved");
  EXPECT_EQ(second.member("endsAt").text(), "2026-10-01T12:00:50.000Z");
  EXPECT_FALSE(body.root().member("commonLabels").member("alertname"));
  EXPECT_EQ(body.root().member("commonLabels").member("target").text(), "staging");
  body = body_of(*receiver(), message_of({over}));
  EXPECT_EQ(body.root().member("status").text(), "resolved");
}

TEST(Webhook, CountsWhatItLeavesOut) {
  std::vector<Alert> many;
  for (int i = 0; i < 300; ++i) many.push_back(made_alert("A" + std::to_string(i)));
  const auto body = body_of(*receiver(), message_of(many));
  EXPECT_EQ(body.root().member("alerts").size(), 256U);
  EXPECT_EQ(body.root().member("truncatedAlerts").number(), 44);
}

TEST(Webhook, HostileTextStaysInsideItsString) {
  Alert alert = made_alert();
  alert.annotations["summary"] = "\"}]\n\x01\xff";
  const auto body = body_of(*receiver(), message_of({alert}));
  EXPECT_EQ(body.root().member("alerts").item(0).member("annotations").member("summary").text(),
            "\"}]\n\x01\xef\xbf\xbd");
}

TEST(Webhook, SecretsGoIntoTheRequestAndAreNamedAsSuch) {
  const test::SecretFile url("https://hook/secret/path");
  const test::SecretFile token("Bearer abcdef");
  const test::Receivers receivers("team: { webhook: { url: " + url.yaml() +
                                  ", headers: { Authorization: " + token.yaml() + " } } }");
  ASSERT_EQ(receivers.notified(), "");
  const auto prepared = receivers.place()->request(message_of({made_alert()}));
  EXPECT_EQ(prepared->request.url.target, "/secret/path");
  EXPECT_EQ(prepared->request.headers.back().second, "Bearer abcdef");
  EXPECT_THAT(prepared->secrets, testing::Contains("Bearer abcdef"));
  EXPECT_THAT(prepared->secrets, testing::Contains("/secret/path"));
  EXPECT_THAT(receivers.place()->place(), testing::Not(testing::HasSubstr("hook")));
}

TEST(Webhook, BadSecretIsNotShown) {
  const test::SecretFile url("https://hooks.example.com/x");
  const test::Receivers receivers("team: { webhook: { url: " + url.yaml() + " } }");
  url.replace("no url hunter2");
  const auto prepared = receivers.place()->request(message_of({made_alert()}));
  ASSERT_FALSE(prepared);
  EXPECT_THAT(prepared.error(), testing::HasSubstr("holds no http or https URL"));
  EXPECT_THAT(prepared.error(), testing::Not(testing::HasSubstr("hunter2")));
}

TEST(Webhook, RefusalsAreForGoodAndServerErrorsPass) {
  for (int status : {301, 400, 404, 410})
    EXPECT_EQ(receiver()->judge(response(status)).outcome, DeliveryOutcome::refused) << status;
  EXPECT_EQ(receiver()->judge(response(502)).trouble, DeliveryError::server_error);
  EXPECT_EQ(receiver()->judge(response(204)).outcome, DeliveryOutcome::accepted);
}

TEST(Webhook, AnySuccessIsAYesWhateverItsOwnerAnswers) {
  for (const char* body : {"", "<html>Thanks</html>", "{\"ok\":false}", "false"})
    EXPECT_EQ(receiver()->judge(response(200, body)).outcome, DeliveryOutcome::accepted) << body;
}

std::string judged(const std::string& accepted, int status, const std::string& body) {
  const test::Receivers receivers("team: { webhook: { url: http://hook, accepted: " + accepted +
                                  " } }");
  EXPECT_EQ(receivers.notified(), "");
  const Receipt receipt = receivers.place()->judge(response(status, body));
  if (receipt.outcome == DeliveryOutcome::accepted) return "yes";
  return receipt.outcome == DeliveryOutcome::retry ? "retry" : "no";
}

TEST(Webhook, AcceptedSaysWhichAnswersAreAYes) {
  const std::string code = "{ json: { /code: 0 } }";
  EXPECT_EQ(judged(code, 200, R"({"code":0,"msg":"ok"})"), "yes");
  EXPECT_EQ(judged(code, 200, R"({"code":19001,"msg":"param invalid"})"), "retry");
  EXPECT_EQ(judged(code, 200, R"({"msg":"ok"})"), "retry");
  EXPECT_EQ(judged(code, 200, "<html>"), "retry");
  EXPECT_EQ(judged(code, 500, R"({"code":0})"), "retry");
  EXPECT_EQ(judged(code, 400, R"({"code":0})"), "no");
  EXPECT_EQ(judged("{ status: [202] }", 202, ""), "yes");
  EXPECT_EQ(judged("{ status: [202] }", 200, ""), "retry");
  EXPECT_EQ(judged("{ status: [200, 409] }", 409, "already there"), "yes");
  EXPECT_EQ(judged("{ status: [200, 409] }", 404, ""), "no");
  EXPECT_EQ(judged("{ status: [409], json: { /id: { present: true } } }", 409, R"({"id":7})"),
            "yes");
}

TEST(Webhook, AcceptedOfNothingIsAMistake) {
  for (const char* accepted : {"{}", "{ status: [] }", "{ status: [42] }", "{ json: {} }"})
    EXPECT_NE(test::Receivers("team: { webhook: { url: http://hook, accepted: " +
                              std::string(accepted) + " } }")
                  .notified(),
              "")
        << accepted;
}

}  // namespace
}  // namespace sonde::notify::webhook_test
