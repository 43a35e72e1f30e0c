#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "probes/auth/state_file.hpp"
#include "probes/shared.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/walk.hpp"

namespace sonde::test::refresh_test {
namespace {

using testing::HasSubstr;

// Rotates refresh tokens; a used one is refused.
struct Rotation {
  std::string good = "r0";
  bool broken = false;  // refuses every one
  int refusal_status = 400;
  std::string refusal = R"({"error":"invalid_grant"})";
  Headers refusal_headers = {{"Content-Type", "application/json"}};
  std::chrono::milliseconds delay{0};
  std::string access = R"("access_token":"access",)";
  int count = 0, logins = 0, refreshes = 0;
  Server server{Handler([this](const Request& request) -> Script {
    if (request.target() == "/login") {
      ++logins;
      return give();
    }
    ++refreshes;
    if (broken || parameters(request.body)["refresh_token"] != good)
      return {answer(refusal_status, refusal, refusal_headers)};
    return give();
  })};
  Script give() {
    good = "r" + std::to_string(++count);
    return {pause(delay),
            json(200, "{" + access + R"("expires_in":60,"refresh_token":")" + good + "\"}")};
  }
};

std::unique_ptr<Usual> by_login(const Rotation& rotation) {
  auto usual = std::make_unique<Usual>(rotation.server.url(""));
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
    const Walk walked = walker.walk(*usual);
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
  const Walk walked = walker.walk(*usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(rotation.logins, 2);
}

TEST(Refresh, OfManyRunsAtOnceIsMadeByOneAfterTheOther) {
  Rotation rotation;
  const auto usual = by_login(rotation);
  const auto check = plan(usual->yaml()).check("p");
  Walker walker;
  for (const Walk& walked : walker.together({check, check, check, check}))
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
    const Walk walked = walker.walk(*usual);
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
  const Walk walked = walk(*by_login(rotation));
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
  Usual usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "refresh"},
                 {"url", R"("{{target.auth}}/auth/refresh")"},
                 {"body", R"({ refreshToken: "{{refresh_token}}" })"},
                 {"login", R"({ method: json, url: "{{target.auth}}/login", body: {} })"}};
  Walker walker;
  for (int i = 0; i < 2; ++i) {
    const Walk walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
  good = "revoked";
  const Walk walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(logins, 2);
}

struct Static {
  Rotation rotation;
  Usual usual{rotation.server.url("")};
  std::string state;
  explicit Static(const std::string& first = "r0") {
    usual.kind("login");
    state = usual.folder.write("unused", "") + ".state";
    usual.login = {{"method", "refresh"},
                   {"url", R"("{{target.auth}}/token")"},
                   {"client_id", "web"},
                   {"first", "{ file: " + usual.folder.write("first", first) + " }"},
                   {"state_file", state}};
  }
  std::string kept() const {
    std::ifstream file(state);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST(StaticRefresh, IsKeptInItsFileForTheNextProcess) {
  Static fixed;
  for (const std::string kept : {"r1", "r2"}) {
    const Walk walked = walk(fixed.usual);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    EXPECT_EQ(fixed.kept(), kept);
  }
  struct stat facts{};
  ASSERT_EQ(stat(fixed.state.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST(StaticRefresh, IsKeptThoughTheAccessTokenIsBadOrMissing) {
  Static fixed;
  fixed.usual.login["jwt"] = "{ issuer: someone }";
  EXPECT_EQ(walk(fixed.usual).verdict.reason, Reason::token_malformed);
  EXPECT_EQ(fixed.kept(), "r1");
  fixed.rotation.access = "";
  EXPECT_EQ(walk(fixed.usual).verdict.reason, Reason::token_missing);
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, IsKeptThoughTheRunIsCutBeforeTheAnswerComes) {
  Static fixed;
  fixed.rotation.delay = std::chrono::milliseconds(400);
  fixed.usual.defaults["timeout"] = "150ms";
  Walker walker;
  const Walk cut = walker.walk(fixed.usual);
  EXPECT_EQ(cut.verdict.reason, Reason::timeout) << cut.show();
  EXPECT_THAT(cut.verdict.detail, HasSubstr("in phase first_byte"));
  fixed.usual.defaults["timeout"] = "5s";
  const Walk walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, IsTheReplacedFirstOneWhereTheKeptOneIsRefused) {
  Static fixed;
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.rotation.good = "from-an-admin";
  fixed.usual.folder.write("first", "from-an-admin");
  const Walk walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, TriesTheFirstOneOnceWhereTheKeptOneIsRefused) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.rotation.good = "nobody-knows";
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(walker.walk(fixed.usual).verdict.reason, Reason::monitor_credential_expired);
  EXPECT_EQ(fixed.rotation.refreshes, 5);  // the good one, the kept one three times, the first
}

TEST(StaticRefresh, GoesOnWhereTheConfigurationOfTheLoginChanges) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.usual.login["scope"] = "chat";
  fixed.usual.target["vars"] = "{ tier: gold }";
  const Walk walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, LeavesItsFileToAnotherLoginOnceItIsGivenBack) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.usual.login["first"] = "{ file: " + fixed.usual.folder.write("second", "r1") + " }";
  EXPECT_EQ(walker.walk(fixed.usual).verdict.reason, Reason::own_secret);
  walker.shared().keeper.give_back_files();
  const Walk walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(StaticRefresh, ThatIsRefusedIsOurOwnExpiredCredential) {
  Static fixed("expired");
  const Walk walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.reason, Reason::monitor_credential_expired);
  EXPECT_EQ(walked.verdict.outcome, Outcome::inconclusive);
}

TEST(StaticRefresh, IsNotUsedWhileAnotherHasTheFile) {
  Static fixed;
  const auto other = auth::StateFile::open(fixed.state);
  ASSERT_TRUE(other) << other.error();
  const Walk walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.reason, Reason::own_secret);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("another process"));
  EXPECT_EQ(fixed.rotation.refreshes, 0);
}

TEST(StaticRefresh, IsNotReadFromAFileThatOthersMayRead) {
  Static fixed;
  std::ofstream(fixed.state) << "r0";
  chmod(fixed.state.c_str(), 0644);
  const Walk walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.reason, Reason::own_secret);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("chmod 600"));
}

TEST(StaticRefresh, WithoutAFileIsAMistake) {
  Static fixed;
  fixed.usual.login.erase("state_file");
  EXPECT_THAT(plan(fixed.usual.yaml()).wrong(), HasSubstr("state_file"));
  fixed.usual.login.erase("first");
  EXPECT_THAT(plan(fixed.usual.yaml()).wrong(), HasSubstr("where the refresh token comes from"));
}

}  // namespace
}  // namespace sonde::test::refresh_test
