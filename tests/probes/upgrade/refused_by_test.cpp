#include "probes/dialect/refused_by.hpp"

#include <gmock/gmock.h>

#include "probes/session/shared.hpp"
#include "tests/support/chat_target.hpp"

// How a server refuses, as its socket says, and as it holds where that says nothing.
namespace sonde::test::refused_by_test {
namespace {

using testing::HasSubstr;

// Whoever shows the granted token, from no foreign page, is welcome; `others` is done to the rest.
Script guard(const Script& others, const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
  if (request.header("Authorization").ends_with(" the-granted-token") &&
      request.header("Origin").empty())
    return {accept(), ready_message(), wait_for_close()};
  return others;
}

ProbeRun refuse(const Script& others, const std::string& refused_by = "",
                const std::string& checks = "[garbage_token]",
                const DefaultConfig::Keys& socket = {}) {
  const Server server(std::bind_front(guard, others));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = checks;
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
  usual.socket["refused_by"] = refused_by;
  merge(usual.socket, socket);
  return walk(usual);
}

std::string outcome(const ProbeRun& walked) {
  return walked.verdict.outcome == Outcome::pass ? "pass" : walked.show();
}

Script then(Act act) { return {accept(), std::move(act), hang()}; }

TEST(RefusedBy, TheUsualStatusesAndCodesRefuseByThemselves) {
  for (const int status : {401, 403, 404}) EXPECT_EQ(outcome(refuse({json(status, "{}")})), "pass");
  for (const int code : {1008, 3000, 4001, 4003, 4401, 4403})
    EXPECT_EQ(outcome(refuse(then(close(code)))), "pass") << code;
  EXPECT_EQ(outcome(refuse(then(tell("auth_failed")))), "pass") << "a rule of the dialect";
}

TEST(RefusedBy, WhatIsNoRefusalSaysWhoCameAndWhatTheyGot) {
  EXPECT_THAT(outcome(refuse({json(500, "{}")})),
              HasSubstr("refuse/no_refusal: garbage_token: a forged token got HTTP 500"));
  EXPECT_THAT(outcome(refuse(then(close(1011, "oh no")))),
              HasSubstr("was accepted, then the server closed with 1011 oh no"));
  EXPECT_THAT(outcome(refuse({json(500, "{}")}, "", "[foreign_origin]")),
              HasSubstr("foreign_origin: a page of a foreign origin got HTTP 500"));
  EXPECT_THAT(outcome(refuse(then(send(frame(3, "x"))))), HasSubstr("the reserved opcode 3"));
}

TEST(RefusedBy, AWelcomeSaysWhoGotIt) {
  const Script welcome = {accept(), ready_message(), wait_for_close()};
  const std::pair<std::string, std::string> all[] = {
      {"no_token", "a client without a token"},
      {"garbage_token", "a forged token"},
      {"foreign_origin", "a page of a foreign origin"},
      {"wrong_place", "a token in another place than its own"}};
  for (const auto& [check, who] : all)
    EXPECT_EQ(outcome(refuse(welcome, "", "[" + check + "]")),
              "fail refuse/auth_fail_open: " + check + ": the endpoint welcomes " + who);
}

// Many servers greet everybody, and look at the token then.
TEST(RefusedBy, AGreetingThatARefusalFollowsIsNoWelcome) {
  const Act later = pause(std::chrono::milliseconds(50));
  EXPECT_EQ(outcome(refuse({accept(), ready_message(), later, close(4401), hang()})), "pass");
  EXPECT_EQ(
      outcome(refuse({accept(), ready_message(), later, tell("auth_failed"), close(4401), hang()})),
      "pass");
  EXPECT_EQ(outcome(refuse(
                {accept(), ready_message(), tell("news"), later, tell("auth_failed"), hang()})),
            "pass");
  EXPECT_THAT(outcome(refuse({accept(), ready_message(), later, close(1000), hang()})),
              HasSubstr("no_refusal"));
}

TEST(RefusedBy, AnEventOfAChatIsAWelcomeWhateverFollows) {
  EXPECT_THAT(outcome(refuse({accept(), tell("agent_started"), close(4401), hang()})),
              HasSubstr("auth_fail_open"));
  EXPECT_THAT(
      outcome(refuse({accept(), ready_message(), tell("agent_started"), close(4401), hang()})),
      HasSubstr("auth_fail_open"));
}

// The first `times` requests of a bad token meet `trouble`.
std::string outcome_after(const Script& trouble, int times) {
  auto met = std::make_shared<int>(0);
  const Server server(Handler([=](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    const bool good = request.header("Authorization").ends_with(" the-granted-token");
    if (good) return {accept(), ready_message(), wait_for_close()};
    return (*met)++ < times ? trouble : Script{json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[garbage_token]";
  return outcome(walk(usual));
}

TEST(RefusedBy, TroubleThatPassesSaysNothing) {
  const Script troubles[] = {{json(503, "{}")}, {json(500, "{}")}, {rst()},
                             {fin()},           then(close(1013)), then(close(1011))};
  for (const auto& trouble : troubles) EXPECT_EQ(outcome_after(trouble, 1), "pass");
}

TEST(RefusedBy, TroubleThatStaysIsUnclearUnlessItIsAnAnswerToTheToken) {
  for (const int status : {502, 503, 504, 522})
    EXPECT_THAT(outcome_after({json(status, "{}")}, 9), HasSubstr("inconclusive")) << status;
  EXPECT_THAT(outcome_after({json(500, "{}")}, 9), HasSubstr("fail refuse/no_refusal"));
}

TEST(RefusedBy, AServerThatAsksToWaitIsNotAskedAgainAtOnce) {
  EXPECT_THAT(outcome_after({json(429, "{}")}, 1), HasSubstr("inconclusive"));
  EXPECT_THAT(outcome_after({answer(503, "{}", {{"Retry-After", "60"}})}, 1),
              HasSubstr("inconclusive"));
}

TEST(RefusedBy, EveryCheckThatFailsIsNamed) {
  const Script welcome = {accept(), ready_message(), wait_for_close()};
  EXPECT_EQ(outcome(refuse(welcome, "", "[no_token, foreign_origin, wrong_place]")),
            "fail refuse/auth_fail_open: no_token: the endpoint welcomes a client without a token; "
            "these fail as well: foreign_origin, wrong_place");
}

TEST(RefusedBy, WhatADeadlineCutsIsSaid) {
  EXPECT_THAT(outcome(refuse({hang()})),
              HasSubstr("garbage_token: the deadline of the run came before the answer"));
}

TEST(RefusedBy, WhatIsListedStandsInThePlaceOfTheDefault) {
  EXPECT_EQ(outcome(refuse({json(410, "{}")}, "{ status: [410] }")), "pass");
  EXPECT_THAT(outcome(refuse({json(404, "{}")}, "{ status: [401] }")), HasSubstr("no_refusal"));
  EXPECT_EQ(outcome(refuse(then(close(4999)), "{ close: [4999] }")), "pass");
  EXPECT_THAT(outcome(refuse(then(close(1008)), "{ close: [4999] }")), HasSubstr("no_refusal"));
}

// Rails answers a foreign Origin with 404, always.
TEST(RefusedBy, A404ForAForeignOriginIsOneAsOfActionCable) {
  EXPECT_EQ(outcome(refuse({json(404, "")}, "", "[foreign_origin]")), "pass");
}

// Signal K upgrades everybody and drops what it does not authorise.
TEST(RefusedBy, SilenceIsOneWhereTheSocketSaysSo) {
  EXPECT_THAT(outcome(refuse({accept(), hang()})), HasSubstr("no message came within 0.150 s"));
  EXPECT_EQ(outcome(refuse({accept(), hang()}, "{ silence: 200ms }")), "pass");
  const Script late = {accept(), pause(std::chrono::milliseconds(100)), ready_message(),
                       wait_for_close()};
  EXPECT_THAT(outcome(refuse(late, "{ silence: 4s }")), HasSubstr("auth_fail_open"));
}

// RabbitMQ answers with an ERROR frame, and ends the connection without a Close.
TEST(RefusedBy, AFrameIsOneWhereTheSocketSaysSo) {
  const std::string error = frame(op_text, R"({"type":"ERROR","message":"Bad CONNECT"})");
  const Script rabbit = {accept(), send(error), fin()};
  EXPECT_THAT(outcome(refuse(rabbit)), HasSubstr("no_refusal"));
  EXPECT_EQ(outcome(refuse(rabbit, "{ frame: { type: ERROR } }")), "pass");
  EXPECT_THAT(outcome(refuse(rabbit, "{ frame: { type: ERROR, json: { /message: other } } }")),
              HasSubstr("no_refusal"));
}

TEST(RefusedBy, AFrameOutranksTheRulesOfTheDialect) {
  EXPECT_EQ(outcome(refuse(then(tell("heartbeat_ack")), "{ frame: { type: heartbeat_ack } }")),
            "pass");
}

TEST(RefusedBy, ASubprotocolThatIsNotSelectedKeepsNobodyOut) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    const bool good = request.header("Sec-WebSocket-Protocol").contains("the-granted-token");
    const Headers selected = {{"Sec-WebSocket-Protocol", "bearer.the-granted-token"}};
    return {accept(good ? selected : Headers()), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[garbage_token]";
  usual.socket["token_in"] = "subprotocol";
  EXPECT_THAT(outcome(walk(usual)), HasSubstr("auth_fail_open"));
}

TEST(RefusalNotes, SayThatTheChecksArePausedForABreaker) {
  const Server server(std::bind_front(guard, Script{json(401, "{}")}));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.probe["refuse"] = "[no_token, garbage_token]";
  Walker walker;
  session::Breaker& breaker = walker.shared().breakers["t"];
  for (int i = 0; i < 3; ++i) breaker.refused(Clock::now());
  ASSERT_TRUE(breaker.tripped(Clock::now(), Span{}));
  const ProbeRun walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  ASSERT_EQ(walked.trace->refusals.size(), 2U);
  for (const auto& note : walked.trace->refusals) {
    EXPECT_EQ(name(note.state), "not_performed");
    EXPECT_THAT(note.why, HasSubstr("paused"));
  }
}

std::string mistakes(const std::string& refused_by) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.socket["refused_by"] = refused_by;
  return plan(usual.yaml()).wrong();
}

TEST(RefusedBy, AnEndWithoutACodeOrWithoutACloseIsOneWhereTheSocketSaysSo) {
  const Script empty = {accept(), send(frame(op_close, "")), hang()};
  EXPECT_THAT(outcome(refuse(empty)), HasSubstr("no_refusal"));
  EXPECT_EQ(outcome(refuse(empty, "{ close: [1005] }")), "pass");
  EXPECT_THAT(outcome(refuse({accept(), fin()})), HasSubstr("no_refusal"));
  EXPECT_EQ(outcome(refuse({accept(), fin()}, "{ close: [1006] }")), "pass");
  EXPECT_THAT(outcome(refuse({accept(), fin()}, "{ close: [1005] }")), HasSubstr("no_refusal"));
}

TEST(RefusedBy, WhatCameInThePlaceOfARefusalIsSaid) {
  EXPECT_THAT(outcome(refuse(then(tell("news")))),
              HasSubstr("then 1 other message came, news within 0.150 s"));
}

std::string good_too(const std::string& refused_by, const std::string& ready = "",
                     const std::string& dialect = "") {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.socket["ready"] = ready;
  usual.socket["refused_by"] = refused_by;
  usual.probe["dialect"] = dialect;
  return plan(usual.yaml()).wrong();
}

TEST(RefusedBy, WhatAGoodSessionDoesAsWellIsAMistake) {
  const std::string ready = "{ type: connected, json: { /mode: full, /user: \"{{token}}\" } }";
  EXPECT_THAT(good_too("{ frame: { type: connected } }", ready), HasSubstr("the ready message"));
  EXPECT_THAT(good_too("{ frame: { json: { /mode: { one_of: [full, none] } } } }", ready),
              HasSubstr("the ready message"));
  EXPECT_THAT(good_too("{ frame: { type: agent_started } }", ready), HasSubstr("agent_started"));
  EXPECT_EQ(good_too("{ frame: { type: connected, json: { /mode: denied } } }", ready), "");
  EXPECT_EQ(good_too("{ frame: { type: connected, json: { /error: { present: true } } } }", ready),
            "");
  EXPECT_THAT(good_too("{ silence: 1s }", "{ silent: true }"), HasSubstr("silent as well"));
  EXPECT_EQ(good_too("{ silence: 1s }", ready), "");
}

TEST(RefusedBy, WhatCannotRefuseIsAMistake) {
  EXPECT_EQ(mistakes("{ status: [401, 503], close: [4999], frame: { type: x }, silence: 3s }"), "");
  EXPECT_THAT(mistakes("{ status: [101] }"), HasSubstr("from 200 to 599"));
  EXPECT_THAT(mistakes("{ close: [401] }"), HasSubstr("from 1000 to 4999"));
  EXPECT_THAT(mistakes("{ statuses: [401] }"), HasSubstr("status"));
  EXPECT_THAT(mistakes("{ frame: {} }"), HasSubstr("matches every message"));
}

}  // namespace
}  // namespace sonde::test::refused_by_test
