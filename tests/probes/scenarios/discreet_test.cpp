#include <gmock/gmock.h>

#include <atomic>

#include "probes/session/shared.hpp"
#include "probes/text/encode.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/planted.hpp"
#include "tests/support/probe_run.hpp"

// A target may speak of other runs and of other people.
namespace sonde::test::discreet_test {
namespace {

using testing::HasSubstr;

TEST(Discreet, TokensOfEarlierRunsAreHiddenInTheNext) {
  std::atomic<int> issued = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    const std::string last = "opaque-token-" + std::to_string(1000 + issued);
    if (request.target().starts_with("/auth/login"))
      return {json(
          200, R"({"access_token":"opaque-token-)" + std::to_string(1000 + ++issued) + R"("})")};
    return {json(503, R"({"status":"down","last":"seen )" + last + R"("})")};
  }));
  Walker walker;
  DefaultConfig login(server.url("")), health(server.url(""));
  login.kind("login");
  EXPECT_EQ(walker.walk(login).verdict.outcome, Outcome::pass);
  EXPECT_EQ(walker.walk(login).verdict.outcome, Outcome::pass);
  health.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/health")"}};
  const ProbeRun walked = walker.walk(health);
  EXPECT_EQ(walked.verdict.outcome, Outcome::fail);
  EXPECT_THAT(dump(walked), HasSubstr("seen"));
  expect_hidden(walked, {"opaque-token-1001", "opaque-token-1002"});
}

TEST(Discreet, SecretsOfWhoIsNotAskedForAreHidden) {
  const Server server(Handler([](const Request&) -> Script {
    return {json(503,
                 "{\"last\":\"seen " + std::string(DefaultConfig::password).substr(0, 13) + "\"}")};
  }));
  DefaultConfig health(server.url(""));
  health.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/health")"}};
  const ProbeRun walked = walk(health);
  EXPECT_THAT(dump(walked), HasSubstr("seen"));
  expect_hidden(walked, {std::string(DefaultConfig::password)});
}

// A service that gives a session and a ticket at each login, and lists all of them to anybody.
struct Sessions {
  std::vector<std::string> cookies, tickets;
  bool tickets_fail = false;

  static std::string made(std::string_view what, std::size_t n) {
    return text::sha256(std::string(what) + std::to_string(n)).substr(0, 32);
  }
  Script serve(const Request& request) {
    if (request.target().starts_with("/auth/login")) {
      cookies.push_back(made("cookie", cookies.size()));
      return {answer(200, "{}", {{"Set-Cookie", "sid=" + cookies.back() + "; Path=/"}})};
    }
    if (request.target().starts_with("/auth/ticket")) {
      if (tickets_fail) return {answer(500)};
      tickets.push_back(made("ticket", tickets.size()));
      return {json(200, R"({"ticket":")" + tickets.back() + R"("})")};
    }
    std::string all = R"({"status":"down","live":[)";
    for (const auto* list : {&cookies, &tickets})
      for (const std::string& one : *list) all += '"' + one + "\",";
    return {json(503, all + R"("end"]})")};
  }
};

struct Listed {
  Sessions sessions;
  Server server{Handler([this](const Request& request) { return sessions.serve(request); })};
  DefaultConfig login{server.url("")}, health{server.url("")};

  Listed() {
    login.kind("login");
    login.login = {{"method", "steps"},
                   {"token", R"("")"},
                   {"requests", R"([{ url: "{{target.auth}}/auth/login",
                                     json: { p: "{{identity.password}}" } },
                                   { url: "{{target.auth}}/auth/ticket",
                                     capture: { ticket: { json: /ticket } } }])"}};
    health.probe = {{"kind", "health"}, {"url", R"("{{target.http}}/sessions")"}};
  }
  std::vector<std::string> all() const {
    std::vector<std::string> texts = sessions.cookies;
    texts.insert(texts.end(), sessions.tickets.begin(), sessions.tickets.end());
    return texts;
  }
};

TEST(Discreet, SessionsAndTicketsOfAllEarlierRunsAreHidden) {
  Listed listed;
  Walker walker;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(walker.walk(listed.login).verdict.outcome, Outcome::pass);
  const ProbeRun walked = walker.walk(listed.health);
  EXPECT_EQ(walked.verdict.outcome, Outcome::fail);
  EXPECT_THAT(dump(walked), HasSubstr("live"));
  EXPECT_EQ(listed.all().size(), 100U);
  expect_hidden(walked, listed.all());
}

TEST(Discreet, TheSessionOfALoginThatFailedLaterIsHidden) {
  Listed listed;
  listed.sessions.tickets_fail = true;
  Walker walker;
  EXPECT_EQ(walker.walk(listed.login).verdict.outcome, Outcome::fail);
  const ProbeRun walked = walker.walk(listed.health);
  EXPECT_EQ(listed.all().size(), 1U);
  expect_hidden(walked, listed.all());
}

TEST(Discreet, SessionsFromBeforeARestartAreHidden) {
  Listed listed;
  const std::string path = listed.login.folder.write("unused", "") + ".issued";
  {
    Walker before;
    before.shared().token_cache.share(auth::IssuedTable::open(path).value());
    for (int i = 0; i < 3; ++i) before.walk(listed.login);
  }
  Walker after;
  after.shared().token_cache.share(auth::IssuedTable::open(path).value());
  const ProbeRun walked = after.walk(listed.health);
  EXPECT_THAT(dump(walked), HasSubstr("live"));
  EXPECT_EQ(listed.all().size(), 6U);
  expect_hidden(walked, listed.all());
}

// Escaped, in a frame, in an error, in a header.
TEST(Discreet, SessionsOfEarlierRunsAreHiddenInWhateverForm) {
  Listed listed;
  Walker walker;
  walker.walk(listed.login);
  const std::string session = listed.sessions.cookies.front();
  std::string escaped;
  for (const char c : session) escaped += "\\u00" + text::hex(std::string(1, c));
  for (const auto& [body, headers] : std::vector<std::pair<std::string, Headers>>{
           {R"({"error":"session )" + session + R"( is busy"})", {}},
           {R"({"error":")" + escaped + "\"}", {}},
           {"{}", {{"X-Owner", "session:" + session}}}}) {
    const Server other(Script{answer(503, body, headers)});
    DefaultConfig health(other.url(""));
    health.probe = listed.health.probe;
    const ProbeRun walked = walker.walk(health);
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail);
    expect_hidden(walked, {session, escaped});
  }
}

}  // namespace
}  // namespace sonde::test::discreet_test
