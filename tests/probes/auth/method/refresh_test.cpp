#include <gmock/gmock.h>

#include "tests/probes/auth/rotation.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::refresh_test {
namespace {

std::unique_ptr<DefaultConfig> by_login(const Rotation& rotation) {
  auto usual = std::make_unique<DefaultConfig>(rotation.server.url(""));
  usual->kind("login");
  usual->login = {{"method", "refresh"},
                  {"url", R"("{{target.auth}}/token")"},
                  {"client_id", "web"},
                  {"login", R"({ method: json, url: "{{target.auth}}/login", body: {} })"}};
  return usual;
}

TEST(Refresh, RedeemsEachTokenOnce) {
  Rotation rotation;
  const auto usual = by_login(rotation);
  Walker walker;
  for (int i = 0; i < 3; ++i) {
    const ProbeRun walked = walker.walk(*usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
  EXPECT_EQ(rotation.logins, 1);
  EXPECT_EQ(rotation.refreshes, 3);
}

TEST(Refresh, ARefusalIsKnownByWhatTheServerSaidAndNotByWhatIsShown) {
  Rotation rotation;
  rotation.refusal_headers = {{"Set-Cookie", "flash=invalid_grant; Path=/"}};
  const auto usual = by_login(rotation);
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  rotation.good = "another";  // the kept one is refused, and another login gives a good one
  const ProbeRun walked = walker.walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(rotation.logins, 2);
}

TEST(Refresh, OfManyRunsAtOnceIsMadeByOneAfterTheOther) {
  Rotation rotation;
  const auto usual = by_login(rotation);
  const auto check = plan(usual->yaml()).check("p");
  Walker walker;
  for (const ProbeRun& walked : walker.when_all({check, check, check, check}))
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(rotation.logins, 1);
  EXPECT_EQ(rotation.refreshes, 4);
}

TEST(Refresh, LogsInAgainWhenTheTokenIsRefused) {
  Rotation rotation;
  const auto usual = by_login(rotation);
  Walker walker;
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  rotation.good = "revoked";
  EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(rotation.logins, 2);
}

TEST(Refresh, LogsInAgainWhateverTheWordsInWhichTheTokenIsRefused) {
  const Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  struct Case {
    int status;
    std::string body;
    Headers headers;
  };
  for (const auto& [status, body, headers] :
       std::vector<Case>{{401, "error=invalid_token&error_description=gone", form},
                         {401, "", {{"WWW-Authenticate", R"(Bearer error="invalid_token")"}}},
                         {400, R"({"message":"unknown token"})", {}},
                         {400, R"({"error":"invalid_request"})", {}},
                         {403, "", {}},
                         {422, R"({"detail":"no such token"})", {}},
                         {200, R"({"error":"bad_refresh_token"})", {}}}) {
    Rotation rotation;
    rotation.refusal_status = status;
    rotation.refusal = body;
    rotation.refusal_headers = headers;
    const auto usual = by_login(rotation);
    Walker walker;
    EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
    rotation.good = "revoked";
    const ProbeRun walked = walker.walk(*usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << status << body << walked.show();
    EXPECT_EQ(rotation.logins, 2) << status << body;
  }
}

TEST(Refresh, LogsInNotAgainWhereTheClientIsRefusedOrTheServiceFails) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {401, R"({"error":"invalid_client"})"}, {500, ""}, {503, ""}}) {
    Rotation rotation;
    rotation.refusal_status = status;
    rotation.refusal = body;
    const auto usual = by_login(rotation);
    Walker walker;
    EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::pass);
    rotation.good = "revoked";
    EXPECT_EQ(walker.walk(*usual).verdict.outcome, Outcome::fail);
    EXPECT_EQ(rotation.logins, 1) << status << body;
  }
}

TEST(Refresh, FailsWhereATokenThatWasJustGivenIsRefused) {
  Rotation rotation;
  rotation.broken = true;
  const ProbeRun walked = walk(*by_login(rotation));
  EXPECT_EQ(walked.verdict.reason, Reason::refresh_refused) << walked.show();
}

// An endpoint that takes JSON and refuses by 401, as many that are no OAuth server do.
TEST(Refresh, SaysTheTokenInJsonWhereTheEndpointTakesNoForm) {
  std::string good = "r0";
  int logins = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    const bool refreshes = request.target() == "/auth/refresh";
    if (refreshes && request.body != R"({"refreshToken":")" + good + "\"}")
      return {json(401, R"({"detail":"Invalid refresh token"})")};
    logins += refreshes ? 0 : 1;
    good += "+";
    return {json(200, R"({"access_token":"access","refresh_token":")" + good + "\"}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "refresh"},
                 {"url", R"("{{target.auth}}/auth/refresh")"},
                 {"body", R"({ refreshToken: "{{refresh_token}}" })"},
                 {"login", R"({ method: json, url: "{{target.auth}}/login", body: {} })"}};
  Walker walker;
  for (int i = 0; i < 2; ++i) {
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
  good = "revoked";
  const ProbeRun walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(logins, 2);
}

}  // namespace
}  // namespace sonde::test::refresh_test
