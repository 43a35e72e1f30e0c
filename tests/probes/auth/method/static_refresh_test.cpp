#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "probes/auth/state_file.hpp"
#include "probes/session/shared.hpp"
#include "tests/probes/auth/rotation.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::static_refresh_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Static {
  Rotation rotation;
  DefaultConfig usual{rotation.server.url("")};
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
    std::string token;
    std::getline(file, token);
    return token;
  }
};

TEST(StaticRefresh, IsKeptInItsFileForTheNextProcess) {
  Static fixed;
  for (const std::string kept : {"r1", "r2"}) {
    const ProbeRun walked = walk(fixed.usual);
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

// What was issued is issued, however the answer is wrapped.
TEST(StaticRefresh, IsKeptWhateverIsWrongWithTheAnswerAroundIt) {
  const std::string body = R"({"access_token":"access","expires_in":60,"refresh_token":"next"})";
  const std::string type = "Content-Type: application/json\r\n";
  const auto raw = [&](const std::string& status, const std::string& headers) {
    return Script{
        send("HTTP/1.1 " + status + "\r\n" + type + headers + "Connection: close\r\n\r\n" + body)};
  };
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::vector<std::pair<std::string, Script>> answers = {
      {"too short", raw("200 OK", "Content-Length: 500\r\n")},
      {"too long", raw("200 OK", "Content-Length: 20\r\n")},
      {"reset", {send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + body), rst()}},
      {"stays open", {send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + body), hang()}},
      {"500", raw("500 Oops", length)},
      {"302", raw("302 Found", length + "Location: /home\r\n")},
      {"br", raw("200 OK", length + "Content-Encoding: br\r\n")},
      {"no gzip", raw("200 OK", length + "Content-Encoding: gzip\r\n")}};
  for (const auto& [name, script] : answers) {
    const Server server(script);
    Static fixed;
    fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
    fixed.usual.defaults["timeout"] = "300ms";
    Walker walker;
    const ProbeRun walked = walker.walk(fixed.usual);
    EXPECT_NE(walked.verdict.outcome, Outcome::pass) << name;
    if (name == "stays open") walker.finish();
    EXPECT_EQ(fixed.kept(), "next") << name << walked.show();
  }
}

TEST(StaticRefresh, IsKeptWhereTheAnswerIsNoWholeJson) {
  const std::string body = R"({"access_token":"access","refresh_token":"next\/1","expires_in":60})";
  const std::string cut = body.substr(0, body.find(",\"expires_in"));
  for (const std::string& text :
       {cut, body + " // cached", ")]}',\n" + body,
        std::string("access_token=access&refresh_token=next%2F1&expires_in=60")}) {
    const Server server(Script{answer(200, text, {{"Content-Type", "application/json"}})});
    Static fixed;
    fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
    EXPECT_NE(walk(fixed.usual).verdict.outcome, Outcome::pass) << text;
    EXPECT_EQ(fixed.kept(), "next/1") << text;
  }
}

TEST(StaticRefresh, IsNotKeptWhereItIsCutTooLongOrInAPage) {
  for (const auto& [type, text] : std::vector<std::pair<std::string, std::string>>{
           {"application/json", R"({"access_token":"a","refresh_token":"nex)"},
           {"application/json",
            R"({"access_token":"a","refresh_token":")" + std::string(20'000, 'x') + "\","},
           {"text/html", R"(<script>x = {"refresh_token": "example"}</script>)"}}) {
    const Server server(Script{answer(200, text, {{"Content-Type", type}})});
    Static fixed;
    fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
    walk(fixed.usual);
    EXPECT_EQ(fixed.kept(), "") << text.substr(0, 60);
  }
}

TEST(StaticRefresh, IsKeptThoughTheAnswerRedirectsFurther) {
  const Server server(Handler([](const Request& request) {
    if (request.method() == "GET") return Script{answer(200, "<p>welcome")};
    return Script{answer(302, R"({"access_token":"access","refresh_token":"next"})",
                         {{"Location", "/home"}, {"Content-Type", "application/json"}})};
  }));
  Static fixed;
  fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
  fixed.usual.login["redirects"] = "{ follow: true }";
  EXPECT_NE(walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(fixed.kept(), "next");
}

TEST(StaticRefresh, IsKeptAlsoWhereItIsANumber) {
  const Server server(Script{json(200, R"({"access_token":"access","refresh_token":4711})")});
  Static fixed;
  fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(fixed.kept(), "4711");
}

TEST(StaticRefresh, ARefusalThatSpeaksOfItChangesNothing) {
  for (const std::string body : {R"({"refresh_token":"invalid"})",
                                 R"({"error":"invalid_request","refresh_token":"required"})"}) {
    const Server server(Script{json(422, body)});
    Static fixed;
    fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
    walk(fixed.usual);
    EXPECT_EQ(fixed.kept(), "") << body;
  }
}

TEST(StaticRefresh, IsKeptThoughTheRunIsCutBeforeTheAnswerComes) {
  Static fixed;
  fixed.rotation.delay = std::chrono::milliseconds(400);
  fixed.usual.defaults["timeout"] = "150ms";
  Walker walker;
  const ProbeRun cut = walker.walk(fixed.usual);
  EXPECT_EQ(cut.verdict.reason, Reason::timeout) << cut.show();
  EXPECT_THAT(cut.verdict.detail, HasSubstr("in phase first_byte"));
  fixed.usual.defaults["timeout"] = "5s";
  const ProbeRun walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, IsTheReplacedFirstOneWhereTheKeptOneIsRefused) {
  Static fixed;
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.rotation.good = "from-an-admin";
  fixed.usual.folder.write("first", "from-an-admin");
  const ProbeRun walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, TriesAReplacedFirstOneOnceWhereTheKeptOneIsRefused) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.rotation.good = "nobody-knows";
  fixed.usual.folder.write("first", "expired-as-well");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(walker.walk(fixed.usual).verdict.reason, Reason::monitor_credential_expired);
  EXPECT_EQ(fixed.rotation.refreshes, 5);  // the good one, the kept one three times, the first
}

// Counts the tokens that are sent, and refuses some without redeeming them.
struct Strict : Static {
  std::vector<std::string> sent;
  int refuse_next = 0;
  std::string refusal = R"({"error":"invalid_grant"})";
  int status = 400, count = 0;
  std::string good = "r0";
  Server server{Handler([this](const Request& request) -> Script {
    sent.push_back(parameters(request.body)["refresh_token"]);
    if (sent.back() != good || refuse_next-- > 0)
      return {answer(status, refusal, {{"Content-Type", "application/json"}})};
    good = "s" + std::to_string(++count);
    return {json(200, R"({"access_token":"access","refresh_token":")" + good + "\"}")};
  })};
  Strict() { usual.login["url"] = "\"" + server.url("/token") + "\""; }
};

TEST(StaticRefresh, ASpuriousRefusalLosesNothing) {
  for (const bool one_process : {true, false})
    for (const auto& [status, refusal] : std::vector<std::pair<int, std::string>>{
             {400, R"({"error":"invalid_grant"})"},
             {401, R"({"error":"invalid_token"})"},
             {200, R"({"error":"invalid_grant","refresh_token":"s2"})"}}) {
      Strict fixed;
      fixed.status = status;
      fixed.refusal = refusal;
      std::optional<Walker> walker;
      const auto walk_on = [&] {
        if (!walker || !one_process) walker.emplace();
        return walker->walk(fixed.usual);
      };
      for (int i = 0; i < 2; ++i) EXPECT_EQ(walk_on().verdict.outcome, Outcome::pass);
      fixed.refuse_next = 1;
      const ProbeRun refused = walk_on();
      EXPECT_EQ(refused.verdict.reason, Reason::monitor_credential_expired) << refused.show();
      EXPECT_THAT(refused.verdict.detail, HasSubstr("'first' was redeemed before"));
      EXPECT_EQ(walk_on().verdict.outcome, Outcome::pass);
      EXPECT_THAT(fixed.sent, ElementsAre("r0", "s1", "s2", "s2")) << status;
    }
}

TEST(StaticRefresh, NoFirstOneIsSentTwiceThoughItComesBack) {
  Strict fixed;
  walk(fixed.usual);
  fixed.good = "admin";
  fixed.usual.folder.write("first", "admin");
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.usual.folder.write("first", "r0");
  fixed.refuse_next = 1;
  walk(fixed.usual);
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_THAT(fixed.sent, ElementsAre("r0", "s1", "admin", "s2", "s2"));
}

TEST(StaticRefresh, AStateFileWithTheTokenAloneIsOfThePresentFirstOne) {
  Strict fixed;
  std::ofstream(fixed.state) << "kept\n";
  chmod(fixed.state.c_str(), 0600);
  fixed.good = "kept";
  fixed.refuse_next = 1;
  EXPECT_THAT(walk(fixed.usual).verdict.detail, HasSubstr("'first' was redeemed before"));
  fixed.usual.folder.write("first", "replaced");
  fixed.good = "replaced";
  EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_THAT(fixed.sent, ElementsAre("kept", "kept", "replaced"));
}

TEST(StaticRefresh, AFirstOneThatTheServerDoesNotRotateIsSentAgain) {
  std::vector<std::string> sent;
  const Server server(Handler([&](const Request& request) -> Script {
    sent.push_back(parameters(request.body)["refresh_token"]);
    return {json(200, R"({"access_token":"access"})")};
  }));
  Static fixed;
  fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_THAT(sent, ElementsAre("r0", "r0"));
}

TEST(StaticRefresh, ThePageBehindARedirectThatGaveASuccessorRefusesNothing) {
  std::vector<std::string> sent;
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.method() == "GET") return {json(400, R"({"error":"invalid_grant"})")};
    sent.push_back(parameters(request.body)["refresh_token"]);
    return {answer(302, R"({"access_token":"access","refresh_token":"next"})",
                   {{"Location", "/done"}, {"Content-Type", "application/json"}})};
  }));
  Static fixed;
  fixed.usual.login["url"] = "\"" + server.url("/token") + "\"";
  fixed.usual.login["redirects"] = "{ follow: true }";
  Walker walker;
  for (int i = 0; i < 2; ++i) EXPECT_NE(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  EXPECT_THAT(sent, ElementsAre("r0", "next"));
}

TEST(StaticRefresh, AReplacedFirstOneDoesNotWaitForTheCooldown) {
  Static fixed("expired");
  fixed.usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 4; ++i) walker.walk(fixed.usual);
  EXPECT_EQ(fixed.rotation.refreshes, 2);
  fixed.usual.folder.write("first", "r0");
  const ProbeRun walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r1");
}

TEST(StaticRefresh, GoesOnWhereTheConfigurationOfTheLoginChanges) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.usual.login["scope"] = "chat";
  fixed.usual.target["vars"] = "{ tier: gold }";
  const ProbeRun walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(fixed.kept(), "r2");
}

TEST(StaticRefresh, LeavesItsFileToAnotherLoginOnceItIsGivenBack) {
  Static fixed;
  Walker walker;
  EXPECT_EQ(walker.walk(fixed.usual).verdict.outcome, Outcome::pass);
  fixed.usual.login["first"] = "{ file: " + fixed.usual.folder.write("second", "r1") + " }";
  EXPECT_EQ(walker.walk(fixed.usual).verdict.reason, Reason::own_secret);
  walker.shared().token_cache.give_back_files();
  const ProbeRun walked = walker.walk(fixed.usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(StaticRefresh, ThatIsRefusedIsOurOwnExpiredCredential) {
  Static fixed("expired");
  const ProbeRun walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.reason, Reason::monitor_credential_expired);
  EXPECT_EQ(walked.verdict.outcome, Outcome::inconclusive);
}

TEST(StaticRefresh, IsNotUsedWhileAnotherHasTheFile) {
  Static fixed;
  const auto other = auth::StateFile::open(fixed.state);
  ASSERT_TRUE(other) << other.error();
  const ProbeRun walked = walk(fixed.usual);
  EXPECT_EQ(walked.verdict.reason, Reason::own_secret);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("another process"));
  EXPECT_EQ(fixed.rotation.refreshes, 0);
}

TEST(StaticRefresh, IsNotReadFromAFileThatOthersMayRead) {
  Static fixed;
  std::ofstream(fixed.state) << "r0";
  chmod(fixed.state.c_str(), 0644);
  const ProbeRun walked = walk(fixed.usual);
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
}  // namespace sonde::test::static_refresh_test
