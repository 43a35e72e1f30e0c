// That no kind of login is refused more often than `lockout.after` allows, whatever the refusal
// looks like.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test::lockout_walk_test {
namespace {

// Makes six runs of the login, of which the first three may be refused, and counts what asked for
// `path` with a POST.
long posts(const Server& server, DefaultConfig& usual, std::string_view path) {
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  ProbeRun last;
  for (int i = 0; i < 6; ++i) last = walker.walk(usual);
  EXPECT_EQ(last.verdict.reason, Reason::suppressed) << last.show();
  return std::ranges::count_if(server.requests(), [&](const Request& request) {
    return request.method() == "POST" && request.target().starts_with(path);
  });
}

// What an OpenID provider at `url` says of itself.
std::string configuration(const std::string& url) {
  return R"({"issuer":")" + url + R"(","authorization_endpoint":")" + url +
         R"(/auth","token_endpoint":")" + url + R"(/token","jwks_uri":")" + url +
         R"(/jwks","response_types_supported":["code"],"subject_types_supported":["public"],)"
         R"("id_token_signing_alg_values_supported":["RS256"]})";
}

TEST(LoginGuard, CountsEachRefusalOfALoginWhateverItsReason) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {401, "{}"},
           {403, R"({"error":"invalid_grant"})"},
           {403, ""},
           {400, R"({"detail":"Incorrect username or password"})"},
           {422, R"({"message":"Those credentials match no record."})"},
           {423, ""},
           {404, R"({"error":"invalid_grant"})"},
           {404, R"({"message":"Incorrect password."})"},
           {404, R"({"code":101,"error":"Invalid username/password."})"},
           {404, R"({"message":"User not found"})"},
           {410, R"({"error":"The account is disabled"})"},
           {500, R"({"error":"Bad credentials"})"},
           {402, ""},
           {406, ""},
           {407, ""},
           {409, ""},
           {412, ""},
           {417, ""},
           {419, ""},
           {428, ""},
           {440, ""},
           {498, ""},
           {499, ""},
           {200, R"({"error":"wrong_password"})"}}) {
    const Server server(Script{json(status, body)});
    DefaultConfig usual(server.url(""));
    EXPECT_EQ(posts(server, usual, "/"), 3) << status << body;
  }
}

TEST(LoginGuard, CountsAnAnswerWithoutATokenThatMayRefuseInOtherWords) {
  const std::string form = "<form><input name=p type=password></form>";
  for (const Script& refused :
       {Script{json(200, R"({"success":false})")}, Script{json(200, "{}")},
        Script{answer(200, "Invalid credentials")}, Script{answer(200, "")},
        Script{json(200, "[]")}, Script{answer(302, "", {{"Location", "/login?error"}})},
        Script{answer(303, "", {{"Location", "/?failed=1"}})},
        Script{answer(200, form, {{"Content-Type", "text/html"}})}}) {
    const Server server(refused);
    DefaultConfig usual(server.url(""));
    EXPECT_EQ(posts(server, usual, "/"), 3);
  }
}

TEST(LoginGuard, CountsARedirectToAnErrorThatIsFollowed) {
  const Server server(Handler([](const Request& request) {
    if (request.method() == "GET") return Script{answer(404)};
    return Script{answer(302, "", {{"Location", "/failed"}})};
  }));
  DefaultConfig usual(server.url(""));
  usual.login["redirects"] = "{ follow: true }";
  EXPECT_EQ(posts(server, usual, "/"), 3);
}

TEST(LoginGuard, CountsARefusalWhoseBodyDoesNotComeWhole) {
  const std::string head = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nno";
  for (const Script& refused : {Script{send(head)}, Script{send(head), hang()},
                                Script{answer(401, "{}" + std::string(2000000, ' '))}}) {
    const Server server(refused);
    DefaultConfig usual(server.url(""));
    usual.defaults["timeout"] = "200ms";
    EXPECT_EQ(posts(server, usual, "/"), 3);
  }
}

TEST(LoginGuard, CountsASuccessWhoseBodyIsBroken) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  for (const Script& refused :
       {Script{send(head + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone")},
        Script{send(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")}}) {
    const Server server(refused);
    DefaultConfig usual(server.url(""));
    usual.defaults["timeout"] = "500ms";
    EXPECT_EQ(posts(server, usual, "/"), 3);
  }
}

TEST(LoginGuard, SaysThatTheCredentialsAreRefusedWhereA404SaysSo) {
  for (const auto& [body, reason] : std::vector<std::pair<std::string, Reason>>{
           {R"({"message":"Incorrect password."})", Reason::credentials},
           {R"({"code":101,"error":"Invalid username/password."})", Reason::credentials},
           {R"({"message":"Cannot POST /user/password","error":"Not Found"})", Reason::no_route},
           {R"({"detail":"Not Found"})", Reason::no_route}}) {
    const Server server(Script{json(404, body)});
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    EXPECT_EQ(walk(usual).verdict.reason, reason) << body;
  }
}

TEST(LoginGuard, CountsNoFailureOfTheService) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {404, "{}"},
           {404, R"({"message":"Cannot POST /user/password","error":"Not Found"})"},
           {405, "{}"},
           {415, "{}"},
           {429, R"({"error":"too many wrong passwords"})"},
           {500, "{}"},
           {503, "{}"}}) {
    const Server server(
        Script{answer(status, body, {{"Retry-After", "0"}, {"Content-Type", "application/json"}})});
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.login["lockout"] = "{ after: 1, cooldown: 1h }";
    Walker walker;
    for (int i = 0; i < 3; ++i) walker.walk(usual);
    EXPECT_EQ(server.requests().size(), 3U) << status;
  }
}

// What is no time is as if no message came.
TEST(LoginGuard, TakesNoPauseFromARetryAfterThatSaysNoTime) {
  for (const std::string said : {"soon", "30 seconds", "1h", "Mon, 01 Foo 2024", "0x10", ""}) {
    const Server server(Script{answer(503, "{}", {{"Retry-After", said}})});
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    Walker walker;
    for (int i = 0; i < 2; ++i) walker.walk(usual);
    EXPECT_EQ(server.requests().size(), 2U) << said;
  }
}

TEST(LoginGuard, CountsEachRefusalOfAForm) {
  constexpr std::string_view page =
      "<form method=post action=/login><input name=username><input name=password type=password>"
      "</form>";
  for (const Script& refused :
       {Script{answer(200, std::string(page))}, Script{answer(422, "no")}, Script{answer(403, "")},
        Script{answer(302, "", {{"Location", "/login?error"}})},
        Script{answer(302, "", {{"Location", "/auth/failed"}})},
        Script{answer(200, "<p>Sorry", {{"Set-Cookie", "csrf=c5rf-another"}})}}) {
    const Server server(Handler([&](const Request& request) {
      if (request.method() == "POST") return refused;
      if (request.target() == "/auth/failed") return Script{answer(200, "<p>Sorry")};
      return Script{answer(200, std::string(page))};
    }));
    DefaultConfig usual(server.url(""));
    usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}};
    EXPECT_EQ(posts(server, usual, "/login"), 3);
  }
}

TEST(LoginGuard, CountsEachRefusalOfSteps) {
  for (const int status : {401, 403, 422, 200, 302}) {
    const Server server(Handler([&](const Request& request) {
      return Script{request.method() == "GET" ? json(200, R"({"csrf":"c5rf-token"})")
                                              : json(status, R"({"success":false})")};
    }));
    DefaultConfig usual(server.url(""));
    usual.login = {
        {"method", "steps"},
        {"requests",
         R"([{ method: GET, url: "{{target.auth}}/csrf", capture: { csrf: { json: /csrf } } },
          { url: "{{target.auth}}/login", json: { p: "{{identity.password}}", c: "{{csrf}}" },
            capture: { token: { json: /token } } }])"}};
    EXPECT_EQ(posts(server, usual, "/login"), 3) << status;
  }
}

// Whatever page follows what was entered.
TEST(LoginGuard, CountsEachPageOfAProviderThatRefuses) {
  constexpr std::string_view form =
      "<form method=post action=/enter><input name=username><input name=password type=password>"
      "</form>";
  for (const Act& then : {answer(200, std::string(form)), answer(200, "<p>Sorry"),
                          answer(401, "<p>Sorry"), answer(400, "<p>Sorry")}) {
    const Server* self = nullptr;
    const Server server(Handler([&](const Request& request) {
      if (request.target() == "/.well-known/openid-configuration")
        return Script{json(200, configuration(self->url("")))};
      if (request.method() == "POST") return Script{then};
      return Script{answer(200, std::string(form))};
    }));
    self = &server;
    DefaultConfig usual(server.url(""));
    usual.login = {{"method", "oidc"},
                   {"issuer", R"("{{target.auth}}")"},
                   {"client_id", "web"},
                   {"redirect_uri", "https://app.example.com/cb"}};
    EXPECT_EQ(posts(server, usual, "/enter"), 3);
  }
}

TEST(LoginGuard, AProviderThatAsksForTheNameAgainHasRefusedIt) {
  const std::string form = "<form method=post action=/enter><input name=username></form>";
  const Server* self = nullptr;
  const Server server(Handler([&](const Request& request) {
    if (request.target() == "/.well-known/openid-configuration")
      return Script{json(200, configuration(self->url("")))};
    return Script{answer(200, form)};
  }));
  self = &server;
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "oidc"},
                 {"issuer", R"("{{target.auth}}")"},
                 {"client_id", "web"},
                 {"redirect_uri", "https://app.example.com/cb"}};
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(LoginGuard, ALoginOfSeveralRequestsRecoversAfterACooldown) {
  bool healthy = false;
  const Server server(Handler([&](const Request& request) {
    if (!healthy) return Script{json(401, "{}")};
    return Script{json(200, request.target() == "/login" ? R"({"token":"first-token"})"
                                                         : R"({"ticket":"a-ticket"})")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"lockout", "{ after: 2, cooldown: 1s }"},
                 {"requests",
                  R"([{ url: "{{target.auth}}/login", json: { p: "{{identity.password}}" },
             capture: { token: { json: /token } } },
           { url: "{{target.auth}}/ticket", headers: { Authorization: "Bearer {{token}}" },
             capture: { ticket: { json: /ticket } } }])"}};
  Walker walker;
  for (int i = 0; i < 3; ++i) walker.walk(usual);
  healthy = true;
  ProbeRun walked;
  for (const Instant limit = Clock::now() + std::chrono::seconds(10); Clock::now() < limit;) {
    walked = walker.walk(usual);
    if (walked.verdict.reason != Reason::suppressed) break;
  }
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(LoginGuard, CountsNoRefusalOfARequestThatCarriesNoCredentials) {
  const Server server(Script{answer(403, "")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "steps"},
                 {"lockout", "{ after: 1, cooldown: 1h }"},
                 {"requests", R"([{ method: GET, url: "{{target.auth}}/csrf" }])"},
                 {"token", "x"}};
  Walker walker;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::forbidden);
}

// One run redeems a token, is refused, logs in, and is refused again.
TEST(LoginGuard, CountsTheLoginInsideARefresh) {
  const Server server(Script{json(401, R"({"error":"invalid_grant"})")});
  DefaultConfig usual(server.url(""));
  usual.login = {{"method", "refresh"},
                 {"client_id", "web"},
                 {"url", R"("{{target.auth}}/token")"},
                 {"login", R"({ method: json, url: "{{target.auth}}/login", body: {} })"}};
  EXPECT_EQ(posts(server, usual, "/"), 3);
}

TEST(Steps, TakeAPageInsteadOfAnAnswerForOne) {
  const Server server(Script{answer(200, "<!doctype html>", {{"Content-Type", "text/html"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/login", capture: { token: { json: /token } } }])"}};
  EXPECT_EQ(walk(usual).verdict.reason, Reason::spa_fallback);
}

TEST(Refused, IsAKeyOfEveryMethodThatSendsCredentials) {
  const Server server(Script{json(400, R"({"detail":"Bad user or pass"})")});
  const std::string url = R"("{{target.auth}}/login")";
  for (const DefaultConfig::Keys& login : std::vector<DefaultConfig::Keys>{
           {{"method", "json"}, {"url", url}, {"body", "{}"}},
           {{"method", "oauth2_password"}, {"url", url}, {"username", "a"}, {"password", "b"}},
           {{"method", "client_credentials"},
            {"url", url},
            {"client_id", "a"},
            {"client_secret", "b"}},
           {{"method", "refresh"},
            {"client_id", "web"},
            {"url", url},
            {"login", "{ method: json, url: " + url + ", body: {}, refused: user }"}},
           {{"method", "steps"},
            {"requests", "[{ url: " + url + ", json: {} }]"},
            {"token", "x"}}}) {
    DefaultConfig usual(server.url(""));
    usual.kind("login");
    usual.login = login;
    usual.login["refused"] = "Bad user";
    const ProbeRun walked = walk(usual);
    EXPECT_EQ(walked.verdict.reason, Reason::credentials) << login.at("method") << walked.show();
  }
}

}  // namespace
}  // namespace sonde::test::lockout_walk_test
