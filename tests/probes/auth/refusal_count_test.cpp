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

}  // namespace
}  // namespace sonde::test::refusal_count_test
