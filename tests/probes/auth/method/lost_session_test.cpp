// A form login whose session cookie does not reach the next page: the password was good.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::lost_session_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view form = R"(<form method="post" action="/auth/login">
  <input name=username><input type=password name=password></form>)";

// A site behind a form at /auth/login, which knows its users by the cookie alone.
struct Site {
  std::string cookie;        // Set-Cookie of a login
  std::string to = "/home";  // where it leads
  int without = 302;         // what /home answers without the cookie
  std::string refused;       // Set-Cookie of a refused login, which leads to "/"

  Script operator()(const Request& request) const {
    const Headers html = {{"Content-Type", "text/html"}};
    if (request.method() == "POST" && !request.body.contains("staple"))
      return {answer(302, "", {{"Location", "/"}, {"Set-Cookie", refused}})};
    if (request.method() == "POST")
      return {answer(302, "", {{"Location", to}, {"Set-Cookie", cookie}})};
    if (request.target() == "/home" && request.header("Cookie").contains("sid="))
      return {answer(200, "Log out", html)};
    if (request.target() == "/home" && without == 302)
      return {answer(302, "", {{"Location", "/auth/login"}})};
    if (request.target() == "/home") return {answer(without, "no", html)};
    return {answer(200, std::string(form), html)};
  }
};

struct Outcomes {
  std::vector<ProbeRun> runs;
  int posts = 0;
};

// Runs of one worker, with a lockout of two.
Outcomes log_in(const Site& site, const std::string& success, int runs = 4) {
  Outcomes all;
  const Server server(Handler([&](const Request& request) {
    all.posts += request.method() == "POST" ? 1 : 0;
    return site(request);
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.auth}}/login")"},
                 {"success", success},
                 {"lockout", "{ after: 2, cooldown: 1h }"}};
  Walker walker;
  for (int i = 0; i < runs; ++i) all.runs.push_back(walker.walk(usual));
  return all;
}

struct LostCase {
  std::string name, cookie, why;
};

class Lost : public testing::TestWithParam<LostCase> {};

TEST_P(Lost, IsNoSessionForThatReasonAndNoRefusal) {
  for (const std::string success : {"", "{ cookie: sid }"})
    for (const int without : {302, 401, 403}) {
      const Outcomes all = log_in({.cookie = GetParam().cookie, .without = without}, success);
      for (const ProbeRun& run : all.runs) {
        EXPECT_EQ(run.verdict.reason, Reason::no_session) << without << success << run.show();
        EXPECT_THAT(run.verdict.detail, HasSubstr(GetParam().why)) << without << success;
      }
      EXPECT_EQ(all.posts, 4);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Session, Lost,
    testing::Values(
        LostCase{"path", "sid=s3ss10n-of-alice; Path=/api",
                 "the cookie sid does not go to /home: its Path is /api"},
        LostCase{"default_path", "sid=s3ss10n-of-alice",
                 "the cookie sid does not go to /home: its Path is /auth"},
        LostCase{"domain", "sid=s3ss10n-of-alice; Path=/; Domain=example.net",
                 "the cookie sid is not kept: its Domain example.net is not that of 127.0.0.1"},
        LostCase{"expires", "sid=s3ss10n-of-alice; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
                 "the cookie sid is not kept: its Expires or Max-Age is over"},
        LostCase{"max_age", "sid=s3ss10n-of-alice; Path=/; Max-Age=0",
                 "the cookie sid is not kept: its Expires or Max-Age is over"}),
    [](const auto& each) { return each.param.name; });

// A refused login counts whatever cookies it sets or removes.
TEST(LostSession, ARefusedLoginCountsThoughItsCookiesGoNowhere) {
  for (const std::string refused :
       {"flash=Wrong-password", "sid=; Path=/; Max-Age=0", "sid=deleted; Path=/; Max-Age=0",
        "sid=\"\"; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "errors=1"})
    for (const std::string success : {"", "{ cookie: sid }"}) {
      Outcomes all;
      const Site site{.cookie = "sid=s3ss10n-of-alice; Path=/", .refused = refused};
      const Server server(Handler([&](const Request& request) {
        all.posts += request.method() == "POST" ? 1 : 0;
        return site(request);
      }));
      DefaultConfig usual(server.url(""));
      usual.kind("login");
      usual.identity["password"] = "{ file: " + usual.folder.write("wrong.pw", "wrong") + " }";
      usual.login = {{"method", "form"},
                     {"url", R"("{{target.auth}}/login")"},
                     {"success", success},
                     {"lockout", "{ after: 2, cooldown: 1h }"}};
      Walker walker;
      for (int i = 0; i < 4; ++i) walker.walk(usual);
      EXPECT_EQ(all.posts, 2) << refused << success;
    }
}

}  // namespace
}  // namespace sonde::test::lost_session_test
