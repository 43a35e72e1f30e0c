// What is behind the redirect that shows a form login to have succeeded.
#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"

namespace sonde::test::form_landing_test {
namespace {

using testing::HasSubstr;

const std::string form =
    "<form method=post><input name=username><input name=password type=password></form>";
const Headers html = {{"Content-Type", "text/html"}};

// Logs in at a site that redirects to `to`, where `landing` answers.
ProbeRun log_in(const Script& landing, const std::string& success = "{ redirect: /app }",
                const std::string& to = "/app", const std::string& lockout = "",
                Walker* walker = nullptr) {
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.method() == "POST")
      return {answer(302, "", {{"Location", to}, {"Set-Cookie", "sid=abcdef123456; Path=/"}})};
    if (request.target() == "/login") return {answer(200, form, html)};
    return landing;
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.http}}/login")"},
                 {"success", success},
                 {"lockout", lockout}};
  return walker != nullptr ? walker->walk(usual) : walk(usual);
}

TEST(FormLanding, ThatUsersGetProvesTheLogin) {
  const Script moved = {answer(302, "", {{"Location", "/app/start"}})};
  EXPECT_EQ(log_in({answer(200, "Hello", html)}).verdict.outcome, Outcome::pass);
  EXPECT_EQ(log_in({answer(200, "{}")}).verdict.outcome, Outcome::pass);
  EXPECT_EQ(log_in({answer(204)}).verdict.outcome, Outcome::pass);
}

TEST(FormLanding, ThatFailsFailsTheLogin) {
  const std::pair<Script, Reason> landings[] = {
      {{answer(500, "oops")}, Reason::server_error},
      {{answer(503)}, Reason::overloaded},
      {{answer(404)}, Reason::no_route},
      {{answer(401)}, Reason::credentials},
      {{answer(403)}, Reason::forbidden},
      {{answer(200, form, html)}, Reason::credentials},
      {{answer(200, "<p>Sorry</p>" + form, html)}, Reason::credentials}};
  for (const auto& [landing, reason] : landings) {
    const ProbeRun walked = log_in(landing);
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << walked.show();
    EXPECT_EQ(walked.verdict.step, Step::login);
    EXPECT_EQ(name(walked.verdict.reason), name(reason)) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("the login leads to /app"));
  }
}

// A dashboard may be long, or a page may go on for ever; the form would be at its start.
TEST(FormLanding, IsJudgedByItsStart) {
  const auto landing = [](const std::string& start, bool length) -> std::vector<Script> {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    const std::string big = start + std::string(1'300'000, ' ');
    const std::string size = "Content-Length: " + std::to_string(big.size()) + "\r\n\r\n";
    if (length) return {{answer(200, big, html)}, {send(head + size + big)}};
    return {{send(head + "\r\n" + big), hang()},
            {send(head + "\r\n" + start), hang()},
            {send(head + "Content-Length: 5000\r\n\r\n" + start), hang()}};
  };
  for (const bool length : {true, false}) {
    for (const Script& script : landing("<h1>Dashboard</h1>", length)) {
      const ProbeRun good = log_in(script);
      EXPECT_EQ(good.verdict.outcome, Outcome::pass) << length << good.show();
    }
    for (const Script& script : landing("<h1>Again</h1>" + form, length)) {
      const ProbeRun wrong = log_in(script);
      EXPECT_EQ(wrong.verdict.reason, Reason::credentials) << length << wrong.show();
    }
  }
}

TEST(FormLanding, ThatEndsInTheMiddleFailsTheLogin) {
  const ProbeRun walked = log_in(
      {send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<h1>Dash")});
  EXPECT_EQ(walked.verdict.reason, Reason::truncated_body) << walked.show();
}

TEST(FormLanding, ThatLeadsBackToTheFormFailsTheLogin) {
  const Server server(Handler([](const Request& request) -> Script {
    if (request.method() == "POST") return {answer(302, "", {{"Location", "/app"}})};
    if (request.target() == "/app") return {answer(302, "", {{"Location", "/login"}})};
    return {answer(200, form, html)};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.http}}/login")"},
                 {"success", "{ redirect: /app }"},
                 {"lockout", "{ after: 2, cooldown: 1h }"}};
  Walker walker;
  const ProbeRun walked = walker.walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
  walker.walk(usual);
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::suppressed) << "both counted";
}

TEST(FormLanding, ThatIsBrokenCountsNoRefusal) {
  Walker walker;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(
        log_in({answer(500)}, "{ redirect: /app }", "/app", "{ after: 2 }", &walker).verdict.reason,
        Reason::server_error);
}

TEST(FormLanding, AtAnotherOriginIsNotJudged) {
  const Server other(Script{answer(500)});
  const ProbeRun walked = log_in({answer(500)}, "{ redirect: /app }", other.url("/app"));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(FormLanding, PlainTextOfARedirectIsWholeNames) {
  const std::pair<const char*, std::vector<const char*>> good[] = {
      {"/app", {"/app", "/app/", "/app/x", "/app?x=1", "/de/app", "/app.html", "/app#top"}},
      {"app", {"/app", "/x/app/y"}}};
  for (const auto& [wanted, targets] : good)
    for (const char* to : targets)
      EXPECT_EQ(log_in({answer(200, "Hi")}, std::string("{ redirect: ") + wanted + " }", to)
                    .verdict.outcome,
                Outcome::pass)
          << wanted << " " << to;
  const std::pair<const char*, std::vector<const char*>> bad[] = {
      {"/app", {"/application", "/app-old", "/app_2", "/apps", "/myapp"}},
      {"app", {"/myapp", "/application"}}};
  for (const auto& [wanted, targets] : bad)
    for (const char* to : targets)
      EXPECT_EQ(log_in({answer(200, "Hi")}, std::string("{ redirect: ") + wanted + " }", to)
                    .verdict.outcome,
                Outcome::fail)
          << wanted << " " << to;
  EXPECT_EQ(log_in({answer(200, "Hi")}, "{ redirect: /app.* }", "/application").verdict.outcome,
            Outcome::pass)
      << "an expression is searched for as it stands";
}

}  // namespace
}  // namespace sonde::test::form_landing_test
