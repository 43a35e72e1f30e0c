#include <gmock/gmock.h>

#include "probes/health/health.hpp"
#include "tests/support/chat_target.hpp"

// A health check that uses what a login gives.
namespace sonde::test::health_login_test {
namespace {

using testing::HasSubstr;

struct Api {
  int logins = 0;
  std::string token;  // the one that is accepted
};
using ApiPtr = std::shared_ptr<Api>;

Script serve(const ApiPtr& api, const Request& request) {
  if (request.target() == "/auth/login") {
    if (!request.body.contains("staple")) return {json(401, R"({"error":"no"})")};
    api->token = "token-of-login-" + std::to_string(++api->logins);
    return {json(200, R"({"access_token":")" + api->token + R"(","expires_in":300})")};
  }
  const bool good = request.header("Authorization") == "Bearer " + api->token;
  return {good ? json(200, R"({"user":"alice"})") : json(401, "{}")};
}

void ask_me(DefaultConfig& usual) {
  usual.kind("health");
  usual.probe["url"] = R"("{{target.http}}/me")";
  usual.probe["headers"] = R"({ Authorization: "Bearer {{token}}" })";
  usual.probe["expect"] = "{ json: { /user: alice } }";
  usual.probe["login"] = "account";
  usual.probe["as"] = "alice";
}

TEST(HealthLogin, PassesWithTheTokenOfALoginAndUsesItAgain) {
  const auto api = std::make_shared<Api>();
  const Server server(Handler(std::bind_front(serve, api)));
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  Walker walker;
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    EXPECT_EQ(walked.trace->auth().size(), i == 0 ? 1U : 0U);
  }
  EXPECT_EQ(api->logins, 1);
}

TEST(HealthLogin, DoesNotUseARefusedTokenAgain) {
  const auto api = std::make_shared<Api>();
  const Server server(Handler(std::bind_front(serve, api)));
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  Walker walker;
  EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
  api->token = "another";
  const ProbeRun refused = walker.walk(usual);
  EXPECT_EQ(refused.verdict.step, Step::health);
  EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(api->logins, 2);
}

TEST(HealthLogin, FailsAtTheLoginWhereThatFails) {
  const Server server(Script{json(401, R"({"error":"invalid_grant"})")});
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.step, Step::login);
  EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
  EXPECT_EQ(walked.check->steps, (std::vector{Step::login, Step::health}));
}

Script with_cookie(const Request& request) {
  if (request.target() == "/auth/login")
    return {answer(200, R"({"access_token":"opaque-token-4711"})",
                   {{"Set-Cookie", "sid=session-of-alice; Path=/"}})};
  return {request.header("Cookie") == "sid=session-of-alice" ? json(200, R"({"user":"alice"})")
                                                             : json(401, "{}")};
}

TEST(HealthLogin, SendsTheCookiesOfTheLogin) {
  const Server server{Handler(with_cookie)};
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  usual.probe["headers"] = R"({ Cookie: "{{cookies}}" })";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(HealthLogin, SendsATokenToTheTargetsOwnOriginsAlone) {
  const Server server(Script{
      json(200, R"({"access_token":"opaque-token-4711","elsewhere":"http://other.invalid"})")});
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  usual.probe["url"] = R"("{{login.elsewhere}}/me")";
  usual.login["method"] = "steps";
  usual.login["url"] = usual.login["body"] = usual.login["token"] = "";
  usual.login["requests"] = R"([{ url: "{{target.auth}}/auth/login", body: "{{identity.password}}",
    capture: { token: { json: /access_token }, elsewhere: { json: /elsewhere } } }])";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::own_request) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("is no origin of the target"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HealthLogin, HasOneStepWithoutAToken) {
  const Server server(Script{json(200, R"({"user":"alice"})")});
  DefaultConfig usual(server.url(""));
  ask_me(usual);
  usual.probe["headers"] = "";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.check->steps, std::vector{Step::health});
  EXPECT_THAT(plan(usual.yaml()).warned(), HasSubstr("it has no effect"));
}

}  // namespace
}  // namespace sonde::test::health_login_test
