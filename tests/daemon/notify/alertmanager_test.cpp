#include "daemon/notify/alertmanager.hpp"

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::alertmanager_test {
namespace {
using test::body_of;
using test::made_alert;
using test::message_of;
using test::response;

std::shared_ptr<const Receiver> receiver() {
  return test::Receivers("pager: { alertmanager: { urls: [http://am:9093] } }").place();
}

TEST(Alertmanager, PostsToItsApi) {
  const test::Receivers receivers(
      "pager: { alertmanager: { urls: [http://a:9093, https://b/am/] } }");
  ASSERT_EQ(receivers.notified(), "");
  const auto first = receivers.place(0)->request(message_of({made_alert()}));
  EXPECT_EQ(first->request.url.text(), "http://a:9093/api/v2/alerts");
  EXPECT_EQ(first->request.method, "POST");
  const Headers json = {{"Content-Type", "application/json"}};
  EXPECT_EQ(first->request.headers, json);
  const auto second = receivers.place(1)->request(message_of({made_alert()}));
  EXPECT_EQ(second->request.url.text(), "https://b/am/api/v2/alerts");
  EXPECT_EQ(receivers.place(1)->place(), "https://b");
}

TEST(Alertmanager, BodyIsThatOfApiV2) {
  const auto prepared = receiver()->request(message_of({made_alert()}));
  EXPECT_EQ(prepared->request.body,
            R"([{"labels":{"alertname":"AuthSuccessRateLow","severity":"critical",)"
            R"("target":"staging"},)"
            R"("annotations":{"summary":"login auth success 72.0 %, wanted 90 %"},)"
            R"("startsAt":"2026-10-01T12:00:00.000Z","endsAt":"2026-10-01T12:05:00.000Z",)"
            R"("generatorURL":"http://127.0.0.1:9811/alerts/x"}])");
}

TEST(Alertmanager, AnAlertHasTheIdOfItsIncidentAsAnAnnotation) {
  Alert alert = made_alert();
  alert.incident = "0123456789abcdef";
  const auto body = body_of(*receiver(), message_of({alert}));
  EXPECT_EQ(body.root().item(0).member("annotations").member("incident").text(),
            "0123456789abcdef");
}

TEST(Alertmanager, ResolvedAlertEndsWhenItEnded) {
  const auto body = body_of(*receiver(), message_of({test::ended(made_alert(), 30.5)}));
  EXPECT_EQ(body.root().item(0).member("endsAt").text(), "2026-10-01T12:00:30.500Z");
}

TEST(Alertmanager, NeverEndsBeforeItStarts) {
  const auto body = body_of(*receiver(), message_of({test::ended(made_alert(), -10)}));
  EXPECT_EQ(body.root().item(0).member("endsAt").text(), "2026-10-01T12:00:00.000Z");
}

TEST(Alertmanager, LeavesOutAUrlThatItWouldRefuse) {
  Alert alert = made_alert();
  alert.source_url = "";
  const auto body = body_of(*receiver(), message_of({alert}));
  EXPECT_FALSE(body.root().item(0).member("generatorURL"));
}

TEST(Alertmanager, SplitsWhatOneAlertCanSpoil) {
  for (int status : {400, 413, 422})
    EXPECT_EQ(receiver()->judge(response(status)).outcome, DeliveryOutcome::split) << status;
  EXPECT_EQ(receiver()->judge(response(415)).outcome, DeliveryOutcome::refused);
}

TEST(Alertmanager, TriesAgainWhatIsThePlacesFault) {
  for (int status : {301, 401, 403, 404, 500, 503})
    EXPECT_EQ(receiver()->judge(response(status)).outcome, DeliveryOutcome::retry) << status;
  const auto limited = receiver()->judge(response(429, "", {{"Retry-After", "7"}}));
  EXPECT_EQ(limited.outcome, DeliveryOutcome::retry);
  EXPECT_EQ(limited.trouble, DeliveryError::rate_limited);
  EXPECT_EQ(limited.wait, Span(std::chrono::seconds(7)));
}

TEST(Alertmanager, TakesItsOwnSuccess) {
  for (int status : {200, 202, 204})
    EXPECT_EQ(receiver()->judge(response(status)).outcome, DeliveryOutcome::accepted) << status;
  EXPECT_EQ(receiver()->judge(response(200, "{\"status\":\"success\"}")).outcome,
            DeliveryOutcome::accepted);
}

TEST(Alertmanager, APageOrANoIsNoDeliveryAndIsTriedAgain) {
  for (const char* body : {"<!doctype html><form>Welcome to our network</form>", "\n<HTML></HTML>",
                           R"({"status":"error","error":"not ready"})", "false",
                           R"({"success":"false"})", "\xef\xbb\xbf{\"status\":\"unauthorized\"}"}) {
    const Receipt receipt = receiver()->judge(response(200, body, {{"Content-Type", "text/html"}}));
    EXPECT_EQ(receipt.outcome, DeliveryOutcome::retry) << body;
    EXPECT_EQ(receipt.trouble, DeliveryError::refused) << body;
  }
}

}  // namespace
}  // namespace sonde::notify::alertmanager_test
