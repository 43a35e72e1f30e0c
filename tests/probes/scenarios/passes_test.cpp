#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/chat_target.hpp"

// What passes, and what a run records on its way.
namespace sonde::test::passes_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::vector<std::string> phases_of(const ProbeRun& walked) {
  std::vector<std::string> all;
  for (const auto& span : walked.trace->phases()) all.emplace_back(name(span.phase));
  return all;
}

TEST(Passes, AHealthyEndpoint) {
  const Server server(Script{json(200, R"({"status":"healthy"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["expect"] =
      "{ status: 200, content_type: application/json, "
      "json: { /status: healthy }, max_latency: 4s }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_THAT(phases_of(walked),
              ElementsAre("resolve", "connect", "request", "first_byte", "body"));
}

TEST(Passes, TemplatesCanNameTheRun) {
  const Server server(Script{answer(200)});
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["headers"] = R"({ X-Request-Id: "{{run.id}}", X-Parent: "{{run.traceparent}}" })";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const Request seen = server.requests().back();
  const std::string id = walked.trace->run_id();
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(seen.header("X-Request-Id"), id);
  EXPECT_EQ(seen.header("X-Sonde-Run"), id);
  EXPECT_TRUE(seen.header("X-Parent").starts_with("00-" + id + "-"));
  EXPECT_TRUE(seen.header("traceparent").starts_with("00-" + id + "-"));
}

TEST(Passes, AnyOfTheWantedStatuses) {
  const Server server(Script{answer(503)});
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["expect"] = "{ status: [200, 503] }";
  EXPECT_EQ(walk(usual).verdict.outcome, Outcome::pass);
}

TEST(Passes, AnUpgradeWithEveryCarrierOfTheToken) {
  for (const std::string placement :
       {"header", "query", R"({ cookie: "sid={{token}}" })", "subprotocol", "none"}) {
    Headers selected;
    if (placement == "subprotocol")
      selected.emplace_back("Sec-WebSocket-Protocol", "bearer.opaque-token-4711");
    const Server server(after_login({accept(selected), ready_message(), wait_for_close()}));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.socket["token_in"] = placement;
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << placement << ": " << walked.show();
    const Request request = server.requests().back();
    const bool carried = request.head.find("opaque-token-4711") != std::string::npos;
    EXPECT_EQ(carried, placement != "none") << request.head;
  }
}

TEST(Passes, AnUpgradeRecordsItsPhasesInOrder) {
  const Server server(after_login({accept(), ready_message(), wait_for_close()}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  EXPECT_THAT(phases_of(walk(usual)),
              ElementsAre("login", "resolve", "connect", "request", "first_byte", "body", "upgrade",
                          "resolve", "connect", "request", "first_byte", "body", "ready", "close"));
}

TEST(Passes, AnUpgradeThatIsRefusedToEverybodyElse) {
  for (const int status : {401, 403}) {
    const Server server(Handler([status](const Request& request) -> Script {
      if (request.target() == "/auth/login") return {json(200, granted("the-token"))};
      if (request.header("Authorization") != "Bearer the-token") return {json(status, "{}")};
      return {accept(), ready_message(), wait_for_close()};
    }));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.probe["refuse"] = "[no_token, garbage_token]";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    EXPECT_EQ(server.connections(), 5) << "login, upgrade, both checks, and the control";
  }
}

TEST(Passes, ARefusalByAPolicyCloseOrAnErrorMessage) {
  const Script closes = {accept(), close(4401, "no token"), hang()};
  const Script says = {accept(), text(R"({"type":"authentication_error"})"), wait_for_close()};
  for (const Script& refusal : {closes, says}) {
    const Server server(Handler([refusal](const Request& request) -> Script {
      if (request.target() == "/auth/login") return {json(200, granted("the-token"))};
      if (request.header("Authorization") != "Bearer the-token") return refusal;
      return {accept(), ready_message(), wait_for_close()};
    }));
    DefaultConfig usual(server.url(""));
    usual.kind("upgrade");
    usual.probe["refuse"] = "[no_token]";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(Passes, RefusalChecksAreLeftOutWhenItIsNotTheirTurn) {
  const Server server(after_login({accept(), ready_message(), wait_for_close()}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token]";
  EXPECT_EQ(walk(usual, {.check_refusals = false}).verdict.outcome, Outcome::pass);
  EXPECT_EQ(server.connections(), 2);
}

TEST(Passes, AChatThatAnswers) {
  const ProbeRun walked = Chat{good_turn("42 it is")}.walk();
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.trace->reachable, true);
  EXPECT_EQ(walked.trace->delivered, true);
  EXPECT_EQ(walked.trace->substantive, true);
  EXPECT_EQ(walked.trace->deliveries.size(), 5U);
  for (const auto& row : walked.trace->deliveries) EXPECT_EQ(row.delivered, 1U) << row.event;
  EXPECT_THAT(walked.check->events, ElementsAre("agent_started", "agent_thinking", "tool_executing",
                                                "tool_completed", "agent_completed"));
}

TEST(Passes, AChatWhoseSettleTimeTheDeadlineCuts) {
  const ProbeRun walked =
      Chat{good_turn("42 it is"), {{"settle", "30s"}, {"timeout", "600ms"}}}.walk();
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(Passes, AChatWhoseServerNeverAnswersTheClose) {
  Script turn = good_turn("42 it is");
  turn.push_back(hang());
  const ProbeRun walked = Chat{turn}.walk();
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.trace->ending().by, EndedBy::us);
}

TEST(Passes, AChatWhoseCloseTheDeadlineCuts) {
  Script turn = good_turn("42 it is");
  turn.push_back(hang());
  const ProbeRun walked = Chat{turn, {{"timeout", "500ms"}}}.walk();
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.trace->ending().by, EndedBy::deadline);
}

TEST(Passes, AChatThatEndsByFinAfterItsLastEvent) {
  Script turn = good_turn("42 it is");
  turn.push_back(fin());
  EXPECT_EQ(Chat{turn}.walk().verdict.outcome, Outcome::pass);
}

TEST(Samples, AnUpgradeThatIsNeverReadyIsAFailedSample) {
  const Server server(after_login({accept(), close(1011), hang()}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  const auto walked = walk(usual);
  ASSERT_EQ(walked.trace->auth().size(), 2U);
  EXPECT_TRUE(walked.trace->auth()[0].succeeded);
  EXPECT_FALSE(walked.trace->auth()[1].succeeded);
}

TEST(Samples, WhatFailsAfterReadyIsNoFailedSample) {
  const ProbeRun walked = Chat{{tell("agent_error")}}.walk();
  EXPECT_EQ(walked.verdict.reason, Reason::agent_error);
  for (const auto& note : walked.trace->auth()) EXPECT_TRUE(note.succeeded);
}

TEST(Samples, ASocketWithoutTokenHasNone) {
  const Server server(Script{accept(), ready_message(), wait_for_close()});
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["token_in"] = "none";
  EXPECT_TRUE(walk(usual).trace->auth().empty());
}

}  // namespace
}  // namespace sonde::test::passes_test
