// Form logins as frameworks answer them: each of them, with the right and with a wrong password.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::form_habits_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view form =
    "<form method=post action=/login><input name=username>"
    "<input type=password name=password></form>";

// What answers a wrong password.
struct Refused {
  int status = 200;
  std::string body = std::string(form);
  std::string location = {};
};

// What a framework does with its cookies and pages.
struct Habits {
  std::string name;
  std::string session = "session";
  bool for_visitors = true;     // the login page gives visitors a session
  bool renews = false;          // each answer sets the session's cookie, with another value
  bool public_home = false;     // visitors see the home page, too
  bool form_for_users = true;   // the login page shows its form also to who is logged in
  bool new_at_failure = false;  // a refused login sets another session
  std::string flash = {};       // a cookie with a message for the next page, in case of a refusal
  bool greets = true;           // pages name the user who is logged in
  Refused refused = {};
};

Refused to(std::string place) { return {302, "", std::move(place)}; }

// Devise and Breeze send who is logged in away from the login page.
std::vector<Habits> frameworks() {
  return {
      {.name = "Django", .session = "sessionid", .for_visitors = false},
      {.name = "Django, public home", .for_visitors = false, .public_home = true},
      {.name = "ASP.NET Identity", .session = "auth", .for_visitors = false, .public_home = true},
      {.name = "Spring Security", .session = "JSESSIONID", .refused = to("/login?error")},
      {.name = "Rails", .renews = true, .public_home = true, .form_for_users = false},
      {.name = "Rails, Turbo",
       .renews = true,
       .public_home = true,
       .form_for_users = false,
       .refused = {.status = 422}},
      {.name = "Laravel",
       .renews = true,
       .public_home = true,
       .form_for_users = false,
       .refused = to("/login")},
      {.name = "Laravel, protected home", .renews = true, .refused = to("/login")},
      {.name = "Flask-Login", .new_at_failure = true},
      {.name = "Flask-Login, redirect", .new_at_failure = true, .refused = to("/login")},
      {.name = "Express", .session = "connect.sid", .refused = to("/login")},
      {.name = "Express, lazy",
       .session = "connect.sid",
       .for_visitors = false,
       .refused = {401, "Unauthorized"}},
  };
}

// Sessions are "visitor-N" and "alice-N".
class Site {
 public:
  Site(Habits habits, bool accepts) : habits_(std::move(habits)), accepts_(accepts) {}

  Script operator()(const Request& request) {
    const std::string cookies = request.header("Cookie");
    const bool user = cookies.contains(habits_.session + "=alice");
    const bool known = user || cookies.contains(habits_.session + "=visitor");
    if (request.method() == "POST") return accepts_ ? let_in() : turn_away();
    const bool at_login = request.target().starts_with("/login");
    const bool flashes = !habits_.flash.empty() && cookies.contains(habits_.flash + "=wrong");
    Headers headers;
    if (habits_.renews || (!known && at_login && habits_.for_visitors))
      headers = fresh(user ? "alice" : "visitor");
    if (at_login && user && !habits_.form_for_users) return redirect("/home", headers);
    if (at_login) return {answer(200, std::string(form), headers)};
    if (request.target() == "/home" && !user && !habits_.public_home)
      return redirect("/login", headers);
    // The message is shown once.
    if (flashes) headers.emplace_back("Set-Cookie", habits_.flash + "=; Max-Age=0; Path=/");
    return {answer(200, page(user && habits_.greets, flashes), headers)};
  }

 private:
  // As frameworks render it: with the name of the user, a token against forgery and what differs
  // each time.
  std::string page(bool user, bool flashes) {
    const std::string number = std::to_string(++count_);
    return "<!doctype html><meta name=csrf content=t0k3n-" + number + "><script>var nonce = 'abc" +
           number + "'</script><nav>" +
           (user ? "Hello alice <a href=/logout>Log out</a>" : "<a href=/login>Log in</a>") +
           "</nav>" + (flashes ? "<div class=alert>That did not work. Try again.</div>" : "") +
           "<p>News of the day, served at 12:00:" + number;
  }
  Headers fresh(const std::string& whose) {
    return {{"Set-Cookie", habits_.session + "=" + whose + "-" + std::to_string(++count_) +
                               "-0123456789; Path=/; HttpOnly"}};
  }
  static Script redirect(const std::string& place, Headers headers) {
    headers.emplace_back("Location", place);
    return {answer(302, "", headers)};
  }
  Script let_in() { return redirect("/home", fresh("alice")); }
  // With what the script says, and the cookies of a refusal.
  Script turn_away() {
    Headers headers;
    if (habits_.renews || habits_.new_at_failure) headers = fresh("visitor");
    if (!habits_.flash.empty())
      headers.emplace_back("Set-Cookie", habits_.flash + "=wrong; Path=/");
    const auto& [status, body, location] = habits_.refused;
    if (!location.empty()) headers.emplace_back("Location", location);
    return {answer(status, body, headers)};
  }

  Habits habits_;
  bool accepts_;
  int count_ = 0;
};

ProbeRun log_in(const Habits& habits, bool accepts, const std::string& success = "") {
  Site site(habits, accepts);
  const Server server{Handler(std::ref(site))};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"success", success}};
  return walk(usual);
}

std::vector<std::string> successes(const Habits& habits) {
  return {"", "{ cookie: " + habits.session + " }"};
}

TEST(FormHabits, TheRightPasswordPasses) {
  for (const Habits& habits : frameworks())
    for (const std::string& success : successes(habits)) {
      const ProbeRun walked = log_in(habits, true, success);
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass)
          << habits.name << " " << success << walked.show();
    }
}

TEST(FormHabits, AWrongPasswordIsRefused) {
  for (const Habits& habits : frameworks())
    for (const std::string& success : successes(habits)) {
      const ProbeRun walked = log_in(habits, false, success);
      EXPECT_EQ(walked.verdict.reason, Reason::credentials)
          << habits.name << " " << success << walked.show();
    }
}

// A page without the form, whatever it says.
TEST(FormHabits, AWrongPasswordThatLeadsToAPageOfItsOwnPassesNowhere) {
  for (Habits habits : frameworks())
    for (const Refused& refused :
         {to("/error"), to("/auth/failed?why=password"), to("/account/locked"), to("/captcha"),
          to("/otp?next=/"), Refused{200, "<p>Login failed"}})
      for (const std::string flash : {"", "flash"})
        for (const std::string& success : successes(habits)) {
          habits.refused = refused;
          habits.flash = flash;
          const ProbeRun walked = log_in(habits, false, success);
          EXPECT_EQ(walked.verdict.reason, Reason::no_session)
              << habits.name << " " << success << refused.location << walked.show();
        }
}

// A session that begins with the first POST, or the first page behind it, whoever that is.
TEST(FormHabits, ASessionThatEverybodyGetsBehindTheLoginPageIsNoLogin) {
  const Habits php{.name = "PHP",
                   .for_visitors = false,
                   .renews = true,
                   .public_home = true,
                   .refused = to("/error.php")};
  EXPECT_EQ(log_in(php, false).verdict.reason, Reason::no_session);
}

TEST(FormHabits, ASessionThatBeginsWithTheRefusalIsNoLogin) {
  for (const Refused& refused : {to("/auth/failed"), to("/?login_error=1")}) {
    const Habits lazy{.name = "Express with flash messages",
                      .for_visitors = false,
                      .public_home = true,
                      .new_at_failure = true,
                      .refused = refused};
    for (const std::string& success : successes(lazy))
      EXPECT_EQ(log_in(lazy, false, success).verdict.reason, Reason::no_session) << success;
  }
}

// A wrong password leads back to the home page, where a message in a cookie says so: in a cookie of
// its own, or in the session's, which is new then.
TEST(FormHabits, AMessageInACookieIsNoSession) {
  for (Habits habits : frameworks()) {
    habits.public_home = true;
    habits.refused = to("/home");
    for (const std::string& flash : {std::string("flash"), habits.session})
      for (const std::string& success : successes(habits)) {
        habits.flash = flash;
        const ProbeRun walked = log_in(habits, false, success);
        EXPECT_EQ(walked.verdict.reason, Reason::no_session)
            << habits.name << " " << flash << " " << success << walked.show();
      }
  }
}

// The page behind the login has a script that takes the message away; or nothing does.
TEST(FormHabits, ACookieThatStaysIsNoSessionWherePagesAreAsForVisitors) {
  Habits flask{.name = "Flask", .for_visitors = false, .public_home = true, .new_at_failure = true};
  flask.refused = to("/home");
  for (const std::string& success : successes(flask)) {
    EXPECT_EQ(log_in(flask, false, success).verdict.reason, Reason::no_session) << success;
    const ProbeRun good = log_in(flask, true, success);
    EXPECT_EQ(good.verdict.outcome, Outcome::pass) << success << good.show();
  }
}

TEST(FormHabits, WhereOnlyTheUserCanTellHeIsAsked) {
  const Habits plain{.name = "own", .renews = true, .public_home = true, .greets = false};
  for (const std::string& success : successes(plain)) {
    const ProbeRun walked = log_in(plain, true, success);
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << success;
    EXPECT_THAT(walked.verdict.detail, HasSubstr("write in success which redirect or page"));
  }
  EXPECT_EQ(log_in(plain, true, "{ redirect: /home$ }").verdict.outcome, Outcome::pass);
}

// The pages that are asked for once more change nothing of the session that is used.
TEST(FormHabits, TheSessionThatIsUsedIsThatOfTheLogin) {
  const Habits rails{.name = "Rails", .renews = true, .public_home = true, .form_for_users = false};
  Site site(rails, true);
  std::string shown;
  const Server server{Handler([&](const Request& request) {
    if (request.target() == "/api/room") shown = request.header("Cookie");
    return site(request);
  })};
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login = {{"method", "form"},
                 {"url", R"("{{target.auth}}/login")"},
                 {"then", R"([{ method: GET, url: "{{target.http}}/api/room" }])"}};
  EXPECT_EQ(walk(usual).verdict.outcome, Outcome::pass);
  EXPECT_THAT(shown, HasSubstr("session=alice"));
}

}  // namespace
}  // namespace sonde::test::form_habits_test
