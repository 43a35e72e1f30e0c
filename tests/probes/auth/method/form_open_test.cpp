// Right logins of sites that Sonde cannot know to be right, and those that it can prove all the
// same.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::form_open_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view form =
    "<form method=post><input name=username><input type=password name=password></form>";
const Headers html = {{"Content-Type", "text/html"}};

Act page(std::string_view body, Headers headers = {}) {
  headers.emplace_back("Content-Type", "text/html");
  return answer(200, std::string(body), headers);
}

// A site with one session cookie, which it sets for everybody and keeps over the login, as PHP
// does.
struct Site {
  bool accepts = true;
  bool renews = false;       // the login gives another session
  int landing_status = 200;  // of the page behind the login
  std::string landing = "<p>Hello alice <a href=/logout>Log out</a>";
  std::string visitors = "";  // what a visitor gets there; empty: the form
  std::string refresh;        // the login is answered by a page that refreshes to /home
  std::string direct;         // the login is answered by this page
  Headers landing_headers = {{"X-Frame-Options", "DENY"}};
  std::set<std::string> users = {};
  int count = 0;

  std::string session_of(const Request& request) const {
    const std::string cookie = request.header("Cookie");
    const std::size_t at = cookie.find("PHPSESSID=");
    return at == cookie.npos ? "" : cookie.substr(at + 10, cookie.find(';', at) - at - 10);
  }
  Headers fresh(std::string& session) {
    session = "session-" + std::to_string(++count) + "-0123456789";
    return {{"Set-Cookie", "PHPSESSID=" + session + "; Path=/; HttpOnly"}};
  }

  Script operator()(const Request& request) {
    std::string session = session_of(request);
    Headers headers;
    if (session.empty() || (renews && request.method() == "POST")) headers = fresh(session);
    if (request.method() == "POST") {
      if (!accepts) return {page(form, headers)};
      users.insert(session);
      if (!direct.empty()) return {page(direct, headers)};
      if (!refresh.empty())
        return {page("<meta http-equiv=refresh content=\"" + refresh + "\">", headers)};
      headers.emplace_back("Location", "/home");
      return {answer(302, "", headers)};
    }
    const bool user = users.contains(session);
    if (request.target() != "/home") return {page(form, headers)};
    Headers shown = landing_headers;
    shown.emplace_back("Content-Type", "text/html");
    if (user) return {answer(landing_status, landing, shown)};
    return {page(visitors.empty() ? form : std::string_view(visitors), headers)};
  }
};

ProbeRun log_in(Site site, const std::string& success = "") {
  const Server server{Handler(std::ref(site))};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.identity["username"] = "alice";
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"success", success}};
  return walk(usual);
}

constexpr std::string_view successes[] = {"", "{ cookie: PHPSESSID }"};

TEST(OpenFormLogin, ASessionThatKeepsItsCookieIsProvenByAPageThatNamesTheUser) {
  for (const auto success : successes) {
    const ProbeRun good = log_in({}, std::string(success));
    EXPECT_EQ(good.verdict.outcome, Outcome::pass) << success << good.show();
    const ProbeRun wrong = log_in({.accepts = false}, std::string(success));
    EXPECT_EQ(wrong.verdict.reason, Reason::credentials) << success << wrong.show();
  }
}

TEST(OpenFormLogin, AShellThatIsTheSameForEverybodyProvesNothingAndFailsNothing) {
  const std::string shell = "<div id=app></div><script src=/app.js></script>";
  for (const bool renews : {false, true}) {
    const ProbeRun walked = log_in({.renews = renews, .landing = shell, .visitors = shell});
    EXPECT_EQ(walked.verdict.reason, Reason::login_unproven) << renews << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("write in success"));
  }
  EXPECT_EQ(log_in({.landing = shell, .visitors = shell}, "{ redirect: /home$ }").verdict.outcome,
            Outcome::pass);
}

TEST(OpenFormLogin, APageThatIsNotThereBehindTheLoginFailsNothing) {
  for (const int status : {404, 405, 410})
    for (const bool renews : {false, true}) {
      const ProbeRun walked = log_in(
          {.renews = renews, .landing_status = status, .landing = "Not Found", .visitors = "x"});
      EXPECT_EQ(walked.verdict.reason, Reason::login_unproven) << status << walked.show();
    }
  EXPECT_EQ(log_in({.landing_status = 500, .landing = "Oops"}).verdict.reason,
            Reason::server_error);
}

TEST(OpenFormLogin, APageThatRefreshesIsARedirect) {
  for (const std::string refresh :
       {"0; url=/home", "0;URL='/home'", "2,url=home", "0 ; URL = &quot;/home&quot;", "0; /home"})
    for (const std::string success : {"", "{ redirect: /home$ }", "{ body: Hello alice }"}) {
      const ProbeRun walked = log_in({.renews = true, .refresh = refresh}, success);
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << refresh << success << walked.show();
    }
}

TEST(OpenFormLogin, APageThatReloadsItselfLeadsNowhere) {
  for (const std::string refresh : {"30", "5; url=", "x; url=/home"}) {
    const ProbeRun walked = log_in({.renews = true, .refresh = refresh}, "{ redirect: /home$ }");
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << refresh << walked.show();
  }
}

// The header and the element alike: browsers follow both.
TEST(OpenFormLogin, APageThatRefreshesToTheFormIsTheForm) {
  for (const bool header : {false, true})
    for (const auto& [refresh, passes] : std::vector<std::pair<std::string, bool>>{
             {"0; url=/login", false}, {"3;URL='/login'", false}, {"1800; url=/login", true}}) {
      Site site{.renews = true};
      if (header)
        site.landing_headers = {{"Refresh", refresh}};
      else
        site.landing = "<meta http-equiv=refresh content=\"" + refresh + "\"><p>Wait";
      const ProbeRun walked = log_in(site, "{ redirect: /home$ }");
      const Outcome wanted = passes ? Outcome::pass : Outcome::fail;
      EXPECT_EQ(walked.verdict.outcome, wanted) << header << refresh << walked.show();
      if (!passes) EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
    }
}

TEST(OpenFormLogin, AnAnswerThatIsThePageBehindTheLoginFailsNothing) {
  const ProbeRun walked = log_in({.renews = true, .visitors = "<p>News", .direct = "<p>Welcome"});
  EXPECT_EQ(walked.verdict.reason, Reason::login_unproven) << walked.show();
  const ProbeRun failed = log_in({.renews = true, .direct = "<p>Login failed"});
  EXPECT_EQ(failed.verdict.reason, Reason::no_session) << failed.show();
}

TEST(OpenFormLogin, APageThatStillOffersToLogInSpeaksAgainstIt) {
  const std::string in = "<p>News <a href=/login>Log in</a>";
  for (const bool renews : {false, true}) {
    const ProbeRun walked = log_in({.renews = renews, .landing = in, .visitors = in});
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << renews << walked.show();
  }
}

}  // namespace
}  // namespace sonde::test::form_open_test
