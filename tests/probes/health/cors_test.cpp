#include "probes/health/cors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/chat_target.hpp"

namespace sonde::health::cors_test {
namespace {

const std::string app = "https://app.example.com";

std::string refusal(const Cors& cors, Headers headers, int status = 204) {
  const net::Request request{.method = "POST", .url = {}, .headers = {}, .body = {}};
  const auto wrong =
      judge_preflight(cors, request, {.status = status, .headers = std::move(headers), .body = ""});
  return wrong ? wrong->detail : "";
}

TEST(Cors, AllowsTheOriginOrAnyWithoutCredentials) {
  EXPECT_EQ(refusal({.origin = app}, {{"Access-Control-Allow-Origin", app}}), "");
  EXPECT_EQ(refusal({.origin = app}, {{"Access-Control-Allow-Origin", "*"}}), "");
  EXPECT_NE(refusal({.origin = app, .credentials = true}, {{"Access-Control-Allow-Origin", "*"}}),
            "");
  EXPECT_NE(refusal({.origin = app}, {{"Access-Control-Allow-Origin", app + "/"}}), "");
  EXPECT_EQ(refusal({.origin = app}, {}),
            "preflight: there is no Access-Control-Allow-Origin, wanted " + app);
}

TEST(Cors, CredentialsNeedLeaveOfTheirOwn) {
  const Cors cors{.origin = app, .credentials = true};
  EXPECT_NE(refusal(cors, {{"Access-Control-Allow-Origin", app}}), "");
  EXPECT_EQ(refusal(cors, {{"Access-Control-Allow-Origin", app},
                           {"Access-Control-Allow-Credentials", "true"}}),
            "");
}

TEST(Cors, MethodsAndHeadersAreNamedOrStarred) {
  const Cors cors{.origin = app, .method = "DELETE", .headers = {"authorization", "x-app"}};
  Headers good = {{"Access-Control-Allow-Origin", app},
                  {"Access-Control-Allow-Methods", "GET, DELETE"},
                  {"Access-Control-Allow-Headers", "Authorization,X-App"}};
  EXPECT_EQ(refusal(cors, good), "");
  good[2].second = "*";  // which never covers Authorization
  EXPECT_NE(refusal(cors, good).find("wanted authorization"), std::string::npos);
  good[1].second = "GET";
  EXPECT_NE(refusal(cors, good).find("wanted DELETE"), std::string::npos);
}

TEST(Cors, APreflightThatIsNotAnsweredWith2xxIsARefusal) {
  EXPECT_NE(refusal({.origin = app}, {{"Access-Control-Allow-Origin", app}}, 405).find("HTTP 405"),
            std::string::npos);
}

TEST(Cors, ThePreflightSaysWhatThePageWillDo) {
  const test::Server server(test::Script{
      test::answer(200, R"({"status":"healthy"})", {{"Access-Control-Allow-Origin", app}})});
  test::DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["expect"] = "{ cors: { origin: " + app + ", method: POST } }";
  const test::ProbeRun walked = test::walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const auto requests = server.requests(2);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method(), "OPTIONS");
  EXPECT_EQ(requests[0].header("Origin"), app);
  EXPECT_EQ(requests[0].header("Access-Control-Request-Method"), "POST");
  EXPECT_EQ(requests[1].method(), "GET");
  EXPECT_EQ(requests[1].header("Origin"), app);
}

}  // namespace
}  // namespace sonde::health::cors_test
