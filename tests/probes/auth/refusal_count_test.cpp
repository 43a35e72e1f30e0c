// Which answers count as refusals of an account, whatever the words.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::refusal_count_test {
namespace {

// How many logins a service sees of eight runs, of which two may be refused.
long logins(DefaultConfig& usual, const Server& server) {
  usual.kind("login");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  usual.defaults["timeout"] = "500ms";
  Walker walker;
  for (int i = 0; i < 8; ++i) walker.walk(usual);
  return std::ranges::count_if(server.requests(), [](const Request& request) {
    return request.method() == "POST" && request.target().starts_with("/login");
  });
}

ProbeRun walk_login(DefaultConfig& usual) {
  usual.kind("login");
  return walk(usual);
}

long json_logins(const Script& answers) {
  const Server server(answers);
  DefaultConfig usual(server.url(""));
  usual.login["url"] = R"("{{target.auth}}/login")";
  return logins(usual, server);
}

TEST(CountedRefusal, IsASuccessWithoutAToken) {
  for (const std::string token : {R"("")", "false", "null", "0", "[]", "{}"})
    EXPECT_EQ(json_logins({json(200, R"({"success":false,"access_token":)" + token + "}")}), 2)
        << token;
}

TEST(CountedRefusal, IsNoTokenThatNoHeaderCanCarry) {
  for (const std::string token : {R"("a b")", R"({"value":"abc"})", "4711"})
    EXPECT_EQ(json_logins({json(200, R"({"access_token":)" + token + "}")}), 8) << token;
}

TEST(CountedRefusal, IsARedirectOfAnyKind) {
  for (const int status : {301, 302, 303, 307, 308})
    EXPECT_EQ(json_logins({answer(status, "", {{"Location", "/login?error=1"}})}), 2) << status;
}

TEST(CountedRefusal, IsOneWhoseHeadersAreCutOrTooLong) {
  const std::string start = "HTTP/1.1 401 Unauthorized\r\nX-Reason: ";
  EXPECT_EQ(json_logins({send(start)}), 2);
  EXPECT_EQ(json_logins({send(start), rst()}), 2);
  EXPECT_EQ(json_logins({send(start + std::string(200'000, 'x'))}), 2);
  EXPECT_EQ(json_logins({send("HTTP/1.1 503 Busy\r\nX-Reason: ")}), 8);
}

long step_logins(const Act& profile) {
  const Server server(Handler([&](const Request& request) {
    if (request.method() != "POST") return Script{profile};
    return Script{answer(200, R"({"status":"fail"})", {{"Set-Cookie", "seen=1"}})};
  }));
  DefaultConfig usual(server.url(""));
  usual.login = {{"method", "steps"},
                 {"requests", R"([{ url: "{{target.auth}}/login",
                                    json: { p: "{{identity.password}}" } },
                                  { method: GET, url: "{{target.auth}}/me",
                                    capture: { user: { json: /user } } }])"},
                 {"token", R"("")"}};
  return logins(usual, server);
}

TEST(CountedRefusal, IsOneThatALaterStepShows) {
  EXPECT_EQ(step_logins(json(401, "{}")), 2);
  EXPECT_EQ(step_logins(answer(302, "", {{"Location", "/login"}})), 2);
  EXPECT_EQ(step_logins(json(200, R"({"user":null})")), 2);
  EXPECT_EQ(step_logins(json(200, R"({"user":"alice"})")), 8);
  EXPECT_EQ(step_logins(json(503, "{}")), 8);
}

constexpr char login_page[] =
    "<form method=post><input name=user><input type=password name=pass></form>";

// Steps that post the password by a form, and the page that the answer is or leads to.
DefaultConfig::Keys form_steps(const std::string& more = "") {
  return {{"method", "steps"},
          {"requests", R"([{ url: "{{target.auth}}/login", redirects: { follow: true },
                             form: { user: "{{identity.username}}", pass: "{{identity.password}}" } })" +
                           more + "]"},
          {"token", R"("")"}};
}

TEST(CountedRefusal, IsTheLoginPageAgainForStepsThatPostAForm) {
  const Act page = answer(200, login_page, {{"Content-Type", "text/html"}});
  const Act away = answer(302, "", {{"Location", "/sorry"}});
  for (const bool moves : {false, true}) {
    const Server server(Handler([&](const Request& request) {
      return Script{moves && request.method() == "POST" ? away : page};
    }));
    DefaultConfig usual(server.url(""));
    usual.login = form_steps();
    EXPECT_EQ(walk_login(usual).verdict.reason, Reason::credentials) << moves;
    EXPECT_EQ(logins(usual, server), 1 + 2) << moves;
  }
}

TEST(CountedRefusal, IsTheLoginPageThatALaterStepIsSentTo) {
  const Server server(Handler([&](const Request& request) {
    if (request.method() == "POST") return Script{answer(200, "ok")};
    if (request.target() == "/home") return Script{answer(302, "", {{"Location", "/login"}})};
    return Script{answer(200, login_page, {{"Content-Type", "text/html"}})};
  }));
  DefaultConfig usual(server.url(""));
  usual.login = form_steps(R"(, { url: "{{target.auth}}/home", redirects: { follow: true } })");
  EXPECT_EQ(walk_login(usual).verdict.reason, Reason::credentials);
  EXPECT_EQ(logins(usual, server), 1 + 2);
}

TEST(CountedRefusal, IsNoPageThatAsksForThePasswordAfterTheName) {
  const Server server(Handler([&](const Request& request) {
    const bool named = request.method() == "POST" && !request.body.contains("pass=");
    return Script{named ? answer(200, login_page, {{"Content-Type", "text/html"}})
                        : answer(200, "<p>Hi alice</p>", {{"Content-Type", "text/html"}})};
  }));
  DefaultConfig usual(server.url(""));
  usual.login = {
      {"method", "steps"},
      {"requests", R"([{ url: "{{target.auth}}/login", form: { user: "{{identity.username}}" } },
                                  { url: "{{target.auth}}/login", form: { pass: "{{identity.password}}" } }])"},
      {"token", R"("")"}};
  EXPECT_EQ(walk_login(usual).verdict.outcome, Outcome::pass);
}

}  // namespace
}  // namespace sonde::test::refusal_count_test
