#include <gmock/gmock.h>

#include "probes/dialect/answer.hpp"
#include "tests/probes/scenarios/scenario.hpp"

// Each way in which checks were green while the product was broken, and what is said of it here.
namespace sonde::test::false_greens_test {
namespace {

using testing::HasSubstr;

ProbeRun upgrade_against(
    const Handler& handler, const DefaultConfig::Keys& probe,
    const std::string& ready = "{ type: connection_established, within: 300ms }") {
  const Server server(handler);
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.socket["ready"] = ready;
  merge(usual.probe, probe);
  return walk(usual);
}

TEST(FalseGreen, OnlyA101IsAnUpgradeAndNotA401OrA403OrA500) {
  for (const int status : {401, 403, 500}) {
    const ProbeRun walked = upgrade_against(after_login({json(status, "{}")}), {});
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << status;
    EXPECT_EQ(walked.verdict.step, Step::upgrade) << status;
  }
  const ProbeRun good =
      upgrade_against(after_login({accept(), ready_message(), wait_for_close()}), {});
  EXPECT_EQ(good.verdict.outcome, Outcome::pass) << good.show();
}

// An endpoint that does no authentication and runs no agent.
Script say_legacy(const std::string& message) {
  const bool asks = message.find("user_message") != std::string::npos;
  if (!asks) return {};
  return {text(R"({"type":"response","content":"Legacy processing: user_message"})")};
}

Script legacy(const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return {accept(), text(R"({"type":"connect","data":{"mode":"legacy"}})"), on_message(say_legacy)};
}

TEST(FalseGreen, EndpointThatAcceptsEverybodyIsAuthFailOpen) {
  const ProbeRun walked = upgrade_against(legacy, {{"refuse", "[no_token, garbage_token]"}},
                                          "{ type: connect, within: 300ms }");
  EXPECT_EQ(walked.verdict.outcome, Outcome::fail);
  EXPECT_EQ(walked.verdict.step, Step::refuse);
  EXPECT_EQ(walked.verdict.reason, Reason::auth_fail_open) << walked.show();
}

TEST(FalseGreen, EndpointThatAnnouncesAnotherModeIsDegraded) {
  const ProbeRun walked =
      upgrade_against(legacy, {}, "{ type: connect, within: 300ms, json: { /data/mode: main } }");
  EXPECT_EQ(walked.verdict.reason, Reason::degraded_mode) << walked.show();
}

TEST(FalseGreen, EndpointThatRunsNoAgentFailsTheChat) {
  const Server server(legacy);
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  usual.probe["timeout"] = "400ms";
  usual.socket["ready"] = "{ type: connect, within: 300ms }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.step, Step::events);
  EXPECT_EQ(walked.verdict.reason, Reason::first_event_timeout) << walked.show();
}

// Whoever comes is the same user.
Script permissive(const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return {accept(), text(R"({"type":"connection_established","data":{"user_id":"demo-user-001"}})"),
          wait_for_close()};
}

std::string ready_as(const std::string& who) {
  return "{ type: connection_established, identity: { at: /data/user_id, " + who + " } }";
}

TEST(FalseGreen, SharedDemoUserIsIdentityMismatch) {
  const ProbeRun walked =
      upgrade_against(permissive, {}, ready_as(R"(equals: "{{identity.username}}")"));
  EXPECT_EQ(walked.verdict.step, Step::ready);
  EXPECT_EQ(walked.verdict.reason, Reason::identity_mismatch) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("demo-user-001"));
}

TEST(FalseGreen, SharedDemoUserIsForbiddenByItsPattern) {
  const ProbeRun walked = upgrade_against(permissive, {}, ready_as(R"(never: ["^demo-user"])"));
  EXPECT_EQ(walked.verdict.reason, Reason::identity_mismatch) << walked.show();
}

TEST(FalseGreen, FailOpenAuthNeverRaisesTheAuthRate) {
  const ProbeRun walked =
      upgrade_against(permissive, {}, ready_as(R"(equals: "{{identity.username}}")"));
  for (const auto& note : walked.trace->auth()) EXPECT_EQ(note.succeeded, note.step == Step::login);
}

std::string content_of(const std::string& message) {
  const auto from = message.find(R"("content":")") + 11;
  return message.substr(from, message.find('"', from) - from);
}

Script mock(const std::string& before, const std::string& message) {
  return good_turn(before + content_of(message));
}

ProbeRun ask_mock(const std::string& before, const DefaultConfig::Keys& probe) {
  const Server server(
      after_login({accept(), ready_message(), on_message(std::bind_front(mock, before))}));
  DefaultConfig usual(server.url(""));
  usual.kind("chat");
  merge(usual.probe, probe);
  return walk(usual);
}

const DefaultConfig::Keys product = {{"challenge", "product"},
                                     {"prompt", R"("Use the calculator: what is {{challenge}}?")"}};

TEST(FalseGreen, MockThatEchoesThePromptIsAnswerEcho) {
  const ProbeRun walked = ask_mock("You asked: ", product);
  EXPECT_EQ(walked.verdict.step, Step::answer);
  EXPECT_EQ(walked.verdict.reason, Reason::answer_echo) << walked.show();
  EXPECT_EQ(walked.trace->delivered, true);
  EXPECT_EQ(walked.trace->substantive, false);
}

TEST(FalseGreen, MockThatSaysItsPlaceholderIsAnswerError) {
  EXPECT_EQ(ask_mock("Agent response for: ", product).verdict.reason, Reason::answer_error);
}

TEST(FalseGreen, MockThatMayEchoStillHasToCalculate) {
  DefaultConfig::Keys keys = product;
  keys["answer"] = "{ may_contain_prompt: true }";
  const ProbeRun walked = ask_mock("", keys);
  EXPECT_EQ(walked.verdict.reason, Reason::answer_wrong) << walked.show();
}

TEST(FalseGreen, ChallengeOfEveryRunIsAnother) {
  text::Names one(1), two(2);
  EXPECT_NE(dialect::make_challenge(dialect::ChallengeKind::product, one).question,
            dialect::make_challenge(dialect::ChallengeKind::product, two).question);
}

// Fails the first time, works the second.
Script flaky(const std::shared_ptr<int>& count, const Request& request) {
  if (request.target() == "/auth/login") return {json(++*count > 1 ? 200 : 503, granted())};
  return {};
}

TEST(FalseGreen, RetryDoesNotHideTheFirstAttempt) {
  const Server server(Handler(std::bind_front(flaky, std::make_shared<int>(0))));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.probe["retry"] = "{ max: 1 }";
  const auto check = plan(usual.yaml()).check("p");
  EXPECT_EQ(check->retries, 1);
  const ProbeRun first = walk(check, {.number = 1});
  const ProbeRun second = walk(check, {.number = 2});
  EXPECT_EQ(first.verdict.reason, Reason::overloaded) << first.show();
  EXPECT_FALSE(first.trace->auth().at(0).succeeded);
  EXPECT_EQ(second.verdict.outcome, Outcome::pass) << second.show();
}

TEST(FalseGreen, EveryAuthAttemptIsASampleThatARateCanCount) {
  const ProbeRun walked = upgrade_against(
      after_login({accept(), ready_message(), wait_for_close()}), {{"refuse", "[no_token]"}});
  EXPECT_EQ(walked.trace->auth().size(), 2U) << "refusal checks never touch the auth rate";
}

TEST(FalseGreen, OwnNetworkIsNoOutageOfTheTarget) {
  for (const auto& scenario : prober_scenarios_test::prober_scenarios())
    EXPECT_EQ(name(row(scenario.reason).outcome), "inconclusive") << scenario.name;
}

TEST(FalseGreen, HealthThatSaysInItsBodyThatItIsUnhealthyIsUnhealthy) {
  const Server server(Script{json(200, R"({"status":"unhealthy"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["expect"] = "{ json: { /status: healthy } }";
  EXPECT_EQ(walk(usual).verdict.reason, Reason::reported_unhealthy);
}

TEST(FalseGreen, A422OfAHealthEndpointIsAContractWithItsCode) {
  const Server server(Script{json(422, R"({"error":true,"error_code":"VALIDATION_ERROR"})")});
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::contract);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("VALIDATION_ERROR"));
}

}  // namespace
}  // namespace sonde::test::false_greens_test
