#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test::form_login_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view form = R"(<form method="post" action="/login">
  <input type=hidden name=_xsrf value="x&amp;y"><input name=username>
  <input type=password name=password></form>)";

// An application as Tornado, Django and others guard theirs.
struct Application {
  std::string wanted = "x&y";  // the CSRF token
  std::string password = std::string(DefaultConfig::password);
  Headers landed = {{"Location", "/home"}, {"Set-Cookie", "session=s3ss10n; Path=/; HttpOnly"}};
  std::string page = std::string(form);
  Script refused = {answer(401, page, {{"Content-Type", "text/html"}})};

  Script operator()(const Request& request) const {
    if (request.target() == "/home")
      return request.header("Cookie").contains("session=s3ss10n")
                 ? Script{answer(200, "<h1>Hello alice</h1>")}
                 : Script{answer(302, "", {{"Location", "/login"}})};
    if (request.target() == "/api/room")
      return {json(request.header("Cookie").contains("session=s3ss10n") ? 200 : 403,
                   R"({"room":"r-17"})")};
    if (request.target() == "/ws" || request.target() == "/ws/r-17") {
      const bool known = request.header("Cookie").find("session=s3ss10n") != std::string::npos;
      return known ? Script{accept(), text(R"({"type":"connection_established"})"), on_message({})}
                   : Script{answer(403)};
    }
    if (request.method() == "GET")
      return {answer(200, page, {{"Set-Cookie", "_xsrf=jar; Path=/"}})};
    auto sent = parameters(request.body);
    if (sent["_xsrf"] != wanted || request.header("Cookie") != "_xsrf=jar")
      return {answer(403, "'_xsrf' argument missing from POST")};
    if (sent["password"] != password) return refused;
    return {answer(302, "", landed)};
  }
};

ProbeRun log_in(const Application& application, const std::string& success = "",
                const DefaultConfig::Keys& more = {}) {
  const Server server{Handler(application)};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"success", success}};
  for (const auto& [name, value] : more) usual.login[name] = value;
  return walk(usual);
}

TEST(FormLogin, PassesBySuccessOfEveryKind) {
  for (const std::string success :
       {"", "{ redirect: /home$ }", "{ cookie: session }", "{ body: Hello alice }",
        "{ redirect: home, cookie: session, body: Hello }"}) {
    const ProbeRun walked = log_in({}, success);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << success << walked.show();
  }
}

// An application whose page gives everybody a session, which a refused login keeps.
ProbeRun log_in_anonymously(const std::string& success, const Headers& landed,
                            const std::string& name = "session") {
  const Server server{Handler([&](const Request& request) {
    if (request.method() == "GET")
      return Script{answer(200, request.target() == "/login" ? std::string(form) : "<p>Sorry",
                           {{"Set-Cookie", name + "=an0nym0us; Path=/"}})};
    return Script{answer(302, "", landed)};
  })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"success", success}};
  return walk(usual);
}

TEST(FormLogin, TakesNoCookieThatThePageSetForASession) {
  for (const std::string success : {"", "{ cookie: session }"}) {
    const ProbeRun walked = log_in_anonymously(success, {{"Location", "/auth/failed"}});
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << success << walked.show();
  }
  EXPECT_THAT(
      log_in_anonymously("{ cookie: session }", {{"Location", "/auth/failed"}}).verdict.detail,
      HasSubstr("left it as it was"));
  // Set again as it was: a session that is prolonged, whoever has it.
  EXPECT_EQ(log_in_anonymously("{ cookie: session }",
                               {{"Location", "/x"}, {"Set-Cookie", "session=an0nym0us; Path=/"}})
                .verdict.reason,
            Reason::no_session);
}

TEST(FormLogin, TakesTheCookieFromBeforeWhereARedirectSaysThatTheLoginSucceeded) {
  const ProbeRun walked =
      log_in_anonymously("{ redirect: /home$, cookie: session }", {{"Location", "/home"}});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(FormLogin, SaysWhyTheSessionsCookieWasNotKept) {
  for (const auto& [attributes, why] : std::vector<std::pair<std::string, std::string>>{
           {"v; Domain=example.net", "its Domain example.net is not that of 127.0.0.1"},
           {"v; Path=/; Domain=127.0.0.1; Domain=1", "its Domain 1 is not that of 127.0.0.1"},
           {"v; Path=/; SameSite=None", "it is SameSite=None, but not Secure"},
           {std::string(4094, 'v'), "it is longer than 4096 bytes"}}) {
    Application application;
    application.landed = {{"Location", "/login"}, {"Set-Cookie", "sid=" + attributes}};
    const ProbeRun walked = log_in(application, "{ cookie: sid }");
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("the cookie sid is not kept: " + why));
  }
}

TEST(FormLogin, KeepsASecureCookieOfALoopbackAddressAsBrowsersDo) {
  Application application;
  application.landed = {{"Location", "/home"},
                        {"Set-Cookie", "session=s3ss10n; Path=/; Secure; HttpOnly"}};
  const ProbeRun walked = log_in(application, "{ cookie: session }");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(FormLogin, EntersWrittenFieldsInsteadOfTheUsualOnes) {
  Application application;
  application.page =
      R"(<form method="post" action="/login"><input type=hidden name=_xsrf value="x&amp;y">
    <input type=password name=password></form>)";
  const ProbeRun walked =
      log_in(application, "", {{"fields", R"({ password: "{{identity.password}}" })"}});
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(FormLogin, FailsWhereWhatIsWantedDoesNotCome) {
  for (const std::string success :
       {"{ redirect: /other }", "{ cookie: token }", "{ body: Hello bob }"}) {
    const ProbeRun walked = log_in({}, success);
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << success << walked.show();
  }
}

TEST(FormLogin, TellsABadPasswordFromABadCsrfToken) {
  EXPECT_EQ(log_in({.password = "another"}).verdict.reason, Reason::credentials);
  EXPECT_EQ(log_in({.wanted = "another"}).verdict.reason, Reason::csrf);
}

TEST(FormLogin, TakesAPageWithTheFormAgainForABadPassword) {
  Application application{.password = "another"};
  for (const int status : {200, 422, 403}) {
    application.refused = {answer(status, std::string(form) + "csrf")};
    EXPECT_EQ(log_in(application).verdict.reason, Reason::credentials) << status;
  }
  application.refused = {answer(302, "", {{"Location", "/login?error"}})};
  EXPECT_EQ(log_in(application).verdict.reason, Reason::credentials);
}

TEST(FormLogin, TakesNoCookieOfAnAnswerThatAsksAgainForASession) {
  Application application{.password = "another"};
  const Headers fresh = {{"Content-Type", "text/html"}, {"Set-Cookie", "session=another; Path=/"}};
  application.refused = {answer(200, std::string(form), fresh)};
  EXPECT_EQ(log_in(application, "{ cookie: session }").verdict.reason, Reason::credentials);
  application.refused = {
      answer(302, "", {{"Location", "/login?error"}, {"Set-Cookie", "session=another; Path=/"}})};
  for (const std::string success : {"{ cookie: session }", ""})
    EXPECT_EQ(log_in(application, success).verdict.reason, Reason::credentials) << success;
  application.refused = {answer(200, "<p>Wrong password</p>", fresh)};
  EXPECT_EQ(log_in(application, "{ cookie: session }", {{"refused", "Wrong"}}).verdict.reason,
            Reason::credentials);
}

TEST(FormLogin, BelievesThePatternsThatItIsGiven) {
  Application application{.password = "another"};
  application.refused = {answer(200, "<p>The CSRF token has expired</p>" + std::string(form))};
  EXPECT_EQ(log_in(application, "", {{"csrf_error", "CSRF token"}}).verdict.reason, Reason::csrf);
  application.refused = {answer(200, "<p>No such user</p>")};
  EXPECT_EQ(log_in(application, "", {{"refused", "No such user"}}).verdict.reason,
            Reason::credentials);
}

TEST(FormLogin, FailsWithoutTheFormAndSaysWhatThereIs) {
  Application application;
  application.page = R"(<form><input name="q"></form>)";
  const ProbeRun walked = log_in(application);
  EXPECT_EQ(walked.verdict.reason, Reason::no_form);
  EXPECT_THAT(walked.verdict.detail, HasSubstr("a form with q"));
}

TEST(FormLogin, GivesItsCookiesToASocket) {
  const Server server{Handler(Application())};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}};
  usual.socket["url"] = R"("{{target.ws}}/ws")";
  usual.socket["token_in"] = "cookie";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(server.requests().back().header("Cookie"), "_xsrf=jar; session=s3ss10n");
  for (const auto& exchange : walked.trace->exchanges())
    for (const auto& headers : {exchange.sent, exchange.received})
      for (const auto& [name, value] : headers) EXPECT_THAT(value, testing::Not(HasSubstr("s3ss")));
}

TEST(FormLogin, ThenAsksWhatThePageAsksAndTellsTheSocket) {
  const Server server{Handler(Application())};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.auth}}/login")"},
                 {"then", R"([{ method: GET, url: "{{target.http}}/api/room",
                                capture: { room: { json: /room } } }])"}};
  usual.socket["url"] = R"("{{target.ws}}/ws/{{login.room}}")";
  usual.socket["token_in"] = "cookie";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(server.requests().back().target(), "/ws/r-17");
}

TEST(FormLogin, FailsWhereWhatThePageAsksIsNotGiven) {
  const DefaultConfig::Keys other = {{"then", R"([{ method: GET, url: "{{target.auth}}/api/room",
                     capture: { key: { json: /key } } }])"}};
  EXPECT_EQ(log_in({}, "", other).verdict.reason, Reason::answer_incomplete);
  const DefaultConfig::Keys missing = {
      {"then", R"([{ method: POST, url: "{{target.auth}}/login" }])"}};
  EXPECT_EQ(log_in({}, "", missing).verdict.reason, Reason::forbidden);
}

TEST(FormLogin, SendsNoGoodSessionWithARefusalCheck) {
  const Server server{Handler(Application())};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}};
  usual.socket["url"] = R"("{{target.ws}}/ws")";
  usual.socket["token_in"] = "cookie";
  usual.probe["refuse"] = "[no_token, garbage_token]";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  const auto requests = server.requests();
  ASSERT_GE(requests.size(), 4U);
  EXPECT_EQ(requests[requests.size() - 3].header("Cookie"), "");
  const std::string forged = requests[requests.size() - 2].header("Cookie");
  EXPECT_THAT(forged, HasSubstr("session="));
  EXPECT_THAT(forged, testing::Not(HasSubstr("s3ss10n")));
  EXPECT_THAT(requests.back().header("Cookie"), HasSubstr("session=s3ss10n")) << "the control";
}

TEST(FormLogin, OfASessionWithAKnownLifeIsUsedAgain) {
  const Server server{Handler(Application())};
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"lifetime", "1h"}};
  usual.socket["url"] = R"("{{target.ws}}/ws")";
  usual.socket["token_in"] = "cookie";
  Walker walker;
  EXPECT_EQ(walker.walk(usual).trace->auth().size(), 2U);
  const ProbeRun again = walker.walk(usual);
  EXPECT_EQ(again.verdict.outcome, Outcome::pass) << again.show();
  ASSERT_EQ(again.trace->auth().size(), 1U);
  EXPECT_EQ(again.trace->auth()[0].step, Step::upgrade);
}

}  // namespace
}  // namespace sonde::test::form_login_test
