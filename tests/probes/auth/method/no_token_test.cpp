// Answers to a login that seem to carry a token, or to be a success, and are neither.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::no_token_test {
namespace {

using testing::HasSubstr;

const std::string credentials = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";

DefaultConfig::Keys by_json() {
  return {{"url", R"("{{target.auth}}/login")"}, {"body", credentials}, {"token", "/token"}};
}
DefaultConfig::Keys by_cookie() {
  return {{"url", R"("{{target.auth}}/login")"}, {"body", credentials}, {"token_cookie", "sid"}};
}
DefaultConfig::Keys by_steps(const std::string& capture) {
  return {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/login", json: )" + credentials + capture + " }]"},
      {"token", capture.empty() ? R"("")" : R"("{{token}}")"}};
}

ProbeRun log_in(const DefaultConfig::Keys& login, const std::string& body,
                const Headers& headers = {}) {
  Headers all = headers;
  all.emplace_back("Content-Type", "application/json");
  const Server server{Handler([&](const Request&) { return Script{answer(200, body, all)}; })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = login;
  return walk(usual);
}

const std::string captured = ", capture: { token: { json: /token } }";

TEST(NoToken, APlaceholderIsNone) {
  for (const std::string value : {R"("undefined")",
                                  R"("null")",
                                  R"("None")",
                                  R"("NaN")",
                                  R"("nil")",
                                  R"("-")",
                                  R"("deleted")",
                                  R"("[object Object]")",
                                  R"("false")",
                                  "false",
                                  "0",
                                  "{}",
                                  "[]",
                                  R"("   ")",
                                  R"({"error":"x"})",
                                  R"("<nil>")",
                                  R"("<null>")",
                                  "\"(nil)\"",
                                  "\"Optional(nil)\"",
                                  R"("\"null\"")",
                                  R"("00000000-0000-0000-0000-000000000000")"})
    for (const auto& login : {by_json(), by_steps(captured)}) {
      const ProbeRun walked = log_in(login, R"({"token":)" + value + R"(,"message":"Sorry"})");
      EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << value << walked.show();
      EXPECT_THAT(walked.verdict.detail, HasSubstr("Sorry")) << value;
    }
  const ProbeRun walked = log_in(by_cookie(), "{}", {{"Set-Cookie", "sid=deleted; Path=/"}});
  EXPECT_EQ(walked.verdict.reason, Reason::token_missing) << walked.show();
}

TEST(NoToken, ATokenBesideARefusalIsNone) {
  for (const std::string no : {R"("success":false)",
                               R"("ok":false)",
                               R"("success":"false")",
                               R"("errors":[{"message":"x"}])",
                               R"("error":"invalid_grant")",
                               R"("mfa_required":true)",
                               R"("code":401)",
                               R"("status":"error")",
                               R"("data":{"success":false})",
                               R"("ok":0)",
                               R"("success":"0")",
                               R"("isSuccess":false)",
                               R"("is_success":0)",
                               R"("code":"401")",
                               R"("statusCode":"403")",
                               R"("type":"error")",
                               R"("type":"AuthenticationError")",
                               R"("locked":true)",
                               R"("isLocked":1)",
                               R"("blocked":"true")",
                               R"("banned":true)",
                               R"("loggedIn":false)"}) {
    const std::string body = R"({"token":"guest-token-123456",)" + no + "}";
    for (const auto& login : {by_json(), by_cookie(), by_steps(captured)}) {
      const ProbeRun walked = log_in(login, body, {{"Set-Cookie", "sid=guest-session; Path=/"}});
      EXPECT_EQ(walked.verdict.reason, Reason::token_missing) << no << walked.show();
      EXPECT_THAT(walked.verdict.detail, HasSubstr("beside it")) << no;
    }
  }
}

TEST(NoToken, ATokenBesideASuccessIsOne) {
  for (const std::string yes : {R"("success":true)",
                                R"("ok":1)",
                                R"("errors":[])",
                                R"("errors":null)",
                                R"("error":"")",
                                R"("error":false)",
                                R"("error":null)",
                                R"("mfa_required":false)",
                                R"("code":200)",
                                R"("code":0)",
                                R"("status":"ok")",
                                R"("message":"errors")",
                                R"("scope":"error")",
                                R"("errorCode":"0000","errorMessage":"Success")",
                                R"("error":"OK")",
                                R"("errors":[null])",
                                R"("error":{"code":0,"message":""})",
                                R"("errors":{"count":0})",
                                R"("two_factor":{"enabled":false})",
                                R"("two_factor":"disabled","mfa_required":"no")",
                                R"("locked":false)",
                                R"("isSuccess":1)",
                                R"("type":"Bearer")",
                                R"("type":"user")",
                                R"("code":"200")",
                                R"("code":"0000")",
                                R"("user":{"locked":true,"type":"error"})"})
    for (const auto& login : {by_json(), by_steps(captured)}) {
      const ProbeRun walked = log_in(login, R"({"token":"user-token-123456",)" + yes + "}");
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << yes << walked.show();
    }
}

TEST(NoToken, WhatHoldsTheTokenSaysWhetherItIsOne) {
  const auto nested = [](const std::string& body) {
    DefaultConfig::Keys login = by_json();
    login["token"] = "/data/login/token";
    return log_in(login, body);
  };
  const ProbeRun refused =
      nested(R"({"data":{"login":{"token":"guest-token-123456","success":false,"errors":["x"]}}})");
  EXPECT_EQ(refused.verdict.reason, Reason::token_missing) << refused.show();
  const ProbeRun good = nested(R"({"data":{"state":"x","login":{"token":"user-token-123456"}}})");
  EXPECT_EQ(good.verdict.outcome, Outcome::pass) << good.show();
  const ProbeRun beside =
      log_in(by_json(), R"({"token":"user-token-123456","data":{"state":"locked"}})");
  EXPECT_EQ(beside.verdict.outcome, Outcome::pass) << beside.show();
}

TEST(NoToken, StepsWithoutACaptureHeedAnAnswerThatIsNoSuccess) {
  const ProbeRun refused = log_in(by_steps(""), R"({"ok":false,"message":"Invalid credentials"})");
  EXPECT_EQ(refused.verdict.reason, Reason::answer_incomplete) << refused.show();
  EXPECT_THAT(refused.verdict.detail, HasSubstr("\"ok\" is false; it says: Invalid credentials"));
  EXPECT_EQ(log_in(by_steps(""), R"({"ok":true})").verdict.outcome, Outcome::pass);
}

TEST(NoToken, StepsThatCaptureNothingProveNothingWhichACheckSays) {
  DefaultConfig usual("127.0.0.1:1");
  usual.kind("login");
  usual.login = by_steps("");
  EXPECT_THAT(plan(usual.yaml()).warned(), HasSubstr("captures anything"));
  usual.login["refused"] = "Invalid";
  EXPECT_EQ(plan(usual.yaml()).warned(), "");
  usual.login = by_steps(captured);
  EXPECT_EQ(plan(usual.yaml()).warned(), "");
}

}  // namespace
}  // namespace sonde::test::no_token_test
