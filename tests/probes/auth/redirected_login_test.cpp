// Redirects that repeat the credentials: each time may count against the account.
#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::redirected_login_test {
namespace {

using testing::HasSubstr;

Act moved(int status, const std::string& to, const Headers& more = {}) {
  Headers headers = more;
  headers.emplace_back("Location", to);
  return answer(status, "", headers);
}

long presses(const Server& server) {
  return std::ranges::count_if(server.requests(), [](const Request& request) {
    return request.body.contains("password") || !request.header("Authorization").empty();
  });
}

struct ByJson : DefaultConfig {
  ByJson(const Server& server, const std::string& lockout) : DefaultConfig(server.url("")) {
    kind("login");
    login["redirects"] = "{ follow: true }";
    login["lockout"] = lockout;
  }
};

// Sends /auth/login on to /auth/login/, as frameworks do, which takes the password or not.
Handler with_slash(bool takes, int status = 307) {
  return [=](const Request& request) -> Script {
    if (!request.target().ends_with('/')) return {moved(status, request.target() + "/")};
    return {takes ? json(200, granted()) : json(401, R"({"error":"wrong"})")};
  };
}

TEST(RedirectedLogin, PassesWhereTheAccountHasRoomForIt) {
  for (const int status : {307, 308}) {
    const Server server(with_slash(true, status));
    const ByJson usual(server, "{ after: 2 }");
    Walker walker;
    for (int i = 0; i < 5; ++i) {
      const ProbeRun walked = walker.walk(usual);
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    }
    EXPECT_EQ(presses(server), 10);
  }
}

TEST(RedirectedLogin, NeverShowsTheCredentialsMoreOftenThanTheAccountAllows) {
  for (const int after : {2, 3, 4, 5}) {
    const Server server(with_slash(false));
    const ByJson usual(server, "{ after: " + std::to_string(after) + ", cooldown: 1h }");
    Walker walker;
    ProbeRun last;
    for (int i = 0; i < 8; ++i) last = walker.walk(usual);
    EXPECT_EQ(presses(server), after) << after;
    EXPECT_EQ(last.verdict.reason, Reason::suppressed) << last.show();
  }
}

// Wherever the secret stands, also in places whose names say nothing.
TEST(RedirectedLogin, CountsASecretInTheQueryACookieOrAnyHeader) {
  const std::vector<std::pair<const char*, const char*>> places = {
      {R"("{{target.http}}/login?u=a&p={{identity.password | urlenc}}")", "{}"},
      {R"("{{target.http}}/login")", R"({ X-Pin: "{{identity.password}}" })"},
      {R"("{{target.http}}/login")", R"({ Cookie: "pw={{identity.password}}" })"}};
  for (const auto& [url, headers] : places) {
    const Server server(Handler([](const Request& request) -> Script {
      const std::string target = request.target();
      const std::string path = target.substr(0, target.find('?'));
      if (path.size() < std::string("/login//").size())
        return {moved(302, path + "/" + target.substr(path.size()))};
      return {answer(401)};
    }));
    DefaultConfig usual(server.url(""));
    usual.kind("health");
    usual.probe["url"] = url;
    usual.probe["headers"] = headers;
    usual.probe["redirects"] = "{ follow: true }";
    usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
    Walker walker;
    ProbeRun last;
    for (int i = 0; i < 4; ++i) last = walker.walk(usual);
    EXPECT_EQ(server.requests().size(), 3U) << url << headers << last.show();
  }
}

TEST(RedirectedLogin, WithoutRoomForOneMoreSaysSo) {
  const Server server(with_slash(true));
  const ProbeRun walked = walk(ByJson(server, "{ after: 1 }"));
  EXPECT_EQ(walked.verdict.reason, Reason::redirected) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("HTTP 307 to http"));
  EXPECT_THAT(walked.verdict.detail, HasSubstr("/login/ asks to show the credentials once more"));
  EXPECT_EQ(presses(server), 1);
}

TEST(RedirectedLogin, EndsALoopWhereItBegins) {
  for (const int status : {307, 308}) {
    const Server self(
        Handler([=](const Request& request) { return Script{moved(status, request.target())}; }));
    const ProbeRun walked = walk(ByJson(self, ""));
    EXPECT_EQ(walked.verdict.reason, Reason::redirected) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("a loop, not followed"));
    EXPECT_EQ(presses(self), 1);
    const Server two(Handler([=](const Request& request) {
      return Script{moved(status, request.target() == "/b" ? "/auth/login" : "/b")};
    }));
    EXPECT_EQ(walk(ByJson(two, "")).verdict.reason, Reason::redirected);
    EXPECT_EQ(presses(two), 2);
  }
}

// A gateway that gives a cookie first.
TEST(RedirectedLogin, TheSameRequestWithANewCookieIsNoLoop) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.header("Cookie").empty())
      return {moved(307, request.target(), {{"Set-Cookie", "gate=passed1234; Path=/"}})};
    return {json(200, granted())};
  }));
  const ProbeRun walked = walk(ByJson(server, ""));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const Server endless(Handler([n = std::make_shared<int>(0)](const Request& request) {
    const std::string cookie = "gate=" + std::to_string(++*n) + "; Path=/";
    return Script{moved(307, request.target(), {{"Set-Cookie", cookie}})};
  }));
  walk(ByJson(endless, "{ after: 3, cooldown: 1h }"));
  EXPECT_EQ(presses(endless), 3);
}

TEST(RedirectedLogin, ARedirectThatLosesTheBodyIsNoFurtherPress) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.method() == "POST") return {moved(303, "/session")};
    return {json(200, granted())};
  }));
  const ProbeRun walked = walk(ByJson(server, "{ after: 1 }"));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(RedirectedLogin, OfAFormIsCountedToo) {
  const Server server(Handler([](const Request& request) -> Script {
    const std::string form =
        "<form method=post action=/enter><input name=username>"
        "<input name=password type=password></form>";
    if (request.method() == "GET") return {answer(200, form, {{"Content-Type", "text/html"}})};
    if (request.target() == "/enter") return {moved(307, "/really")};
    return {moved(302, "/auth/login?error=1")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.auth}}/login")"},
                 {"lockout", "{ after: 3, cooldown: 1h }"}};
  Walker walker;
  for (int i = 0; i < 5; ++i) walker.walk(usual);
  EXPECT_EQ(presses(server), 3);
}

TEST(RedirectedLogin, OfAHealthProbeWithThePasswordInAHeaderIsCountedToo) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.target() == "/me") return {moved(301, "/users/me")};
    return {answer(401)};
  }));
  DefaultConfig usual(server.url(""));
  usual.probe = {{"kind", "health"},
                 {"as", "alice"},
                 {"url", R"("{{target.http}}/me")"},
                 {"headers", R"({ Authorization: "Basic {{identity.basic}}" })"},
                 {"redirects", "{ follow: true }"}};
  usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 5; ++i) walker.walk(usual);
  EXPECT_EQ(presses(server), 3);
}

// What is under way is no longer so once it is answered.
TEST(RedirectedLogin, FreesAllItsPlaces) {
  bool takes = false;
  const Server server(Handler([&takes](const Request& request) -> Script {
    if (!request.target().ends_with('/')) return {moved(307, request.target() + "/")};
    return {takes ? json(200, granted()) : json(500, "{}")};
  }));
  const ByJson usual(server, "{ after: 2, cooldown: 1h }");
  Walker walker;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::server_error);
  takes = true;
  EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
}

}  // namespace
}  // namespace sonde::test::redirected_login_test
