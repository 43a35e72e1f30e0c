// What proves a form login, and what becomes of a run whose login nothing proves.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test::form_proof_test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view form =
    "<form method=post action=/login><input name=username>"
    "<input type=password name=password></form>";

// What a visitor, a refused session and a user get of a page; empty: the login page.
struct PageFor {
  std::string visitor, refused, user;
};

// How an application treats sessions.
struct Habit {
  std::string name;
  PageFor home,
      login = {
          .visitor = std::string(form), .refused = std::string(form), .user = std::string(form)};
  std::string after = "/home";  // where both logins lead to
  bool renews = false;          // each answer renews the session, and forgets the one before
};

constexpr std::string_view enter = "<a href=/login>Sign in</a>";

Habit cooldown() {
  return {
      .name = "the login page sends a refused session away",
      .home = {std::string(enter), std::string(enter), "Hello alice <a href=/logout>Log out</a>"},
      .login = {std::string(form), "<p>Try again later", std::string(form)}};
}

std::vector<Habit> habits() {
  const std::string in(enter), page(form);
  Habit cool = cooldown();
  Habit cool_home = cooldown();
  cool_home.login.refused = in;
  return {
      cool,
      cool_home,
      {"refused users are guests",
       {"", "You are Guest <a href=/leave>Leave</a>", "You are alice <a href=/leave>Leave</a>"}},
      {"guests may log out",
       {in, "Welcome <a href=/logout>Log out</a>", "Welcome alice <a href=/logout>Log out</a>"}},
      {"guests are called as the user wished",
       {"", "alice (guest) <a href=/logout>Log out</a>", "alice <a href=/logout>Log out</a>"}},
      {"a page for the refused alone", {"", "We could not sign you in", "Hello alice"}},
      {"it names the refused", {"", "We could not sign in alice", "Hello alice"}},
      {"it names the refused in German",
       {"", "alice, das Kennwort ist falsch", "Willkommen, alice"}},
      {"it remembers the name",
       {in, "Welcome back, alice! " + in,
        "Hello alice, <a href=/logout>"
        "log out</a>"}},
      {"the refused may leave",
       {in, "Hi alice. Wrong password. Not you? <a href=/logout>Sign out</a>",
        "Hello alice <a href=/logout>Sign out</a>"}},
      {"the locked may leave",
       {in, "alice. Your account is locked. <a href=/logout>Sign out</a>",
        "Hello alice <a href=/logout>Sign out</a>"}},
      {"another language",
       {in, "<a href=/login>Anmelden</a>", "Hallo alice <a href=/logout>Abmelden</a>"}},
  };
}

enum class Who : std::uint8_t { visitor, refused, user };

class Site {
 public:
  Site(Habit habit, bool accepts) : habit_(std::move(habit)), accepts_(accepts) {}

  Script operator()(const Request& request) {
    const Who who = who_asks(request);
    const std::string path = request.target().substr(0, request.target().find('?'));
    if (path == "/ws") return socket(who);
    if (path == "/me") return {json(who == Who::user ? 200 : 401, R"({"id":"alice"})")};
    if (request.method() == "POST") {
      Headers headers = fresh(accepts_ ? Who::user : Who::refused);
      headers.emplace_back("Location", habit_.after);
      return {answer(302, "", headers)};
    }
    const PageFor& page = path == "/login" ? habit_.login : habit_.home;
    const std::string& body = who == Who::user      ? page.user
                              : who == Who::refused ? page.refused
                                                    : page.visitor;
    Headers headers = renewed(who);
    if (!body.empty()) return {answer(200, body, headers)};
    headers.emplace_back("Location", "/login");
    return {answer(302, "", headers)};
  }

  void accept(bool so) { accepts_ = so; }

 private:
  Who who_asks(const Request& request) {
    const std::string cookie = request.header("Cookie");
    const auto found = std::ranges::find_if(
        sessions_, [&](const auto& one) { return cookie.contains("sid=" + one.first + ";"); });
    const auto last = std::ranges::find_if(
        sessions_, [&](const auto& one) { return cookie.ends_with("sid=" + one.first); });
    const auto at = found != sessions_.end() ? found : last;
    if (at == sessions_.end()) return Who::visitor;
    const Who who = at->second;
    if (habit_.renews) sessions_.erase(at);
    return who;
  }
  Headers fresh(Who who) {
    const std::string id = "session-" + std::to_string(++count_) + "-0123456789";
    sessions_[id] = who;
    return {{"Set-Cookie", "sid=" + id + "; Path=/; HttpOnly"}};
  }
  Headers renewed(Who who) { return habit_.renews && who != Who::visitor ? fresh(who) : Headers(); }
  Script socket(Who who) {
    if (who != Who::user) return {answer(401)};
    return {test::accept(), text(R"({"type":"connection_established","data":{"user_id":"alice"}})"),
            on_message({})};
  }

  Habit habit_;
  bool accepts_;
  std::map<std::string, Who> sessions_;
  int count_ = 0;
};

struct Config : DefaultConfig {
  explicit Config(const Server& server, const std::string& success = "")
      : DefaultConfig(server.url("")) {
    kind("login");
    identity["username"] = "alice";
    login = {{"method", "form"}, {"url", R"("{{target.auth}}/login")"}, {"success", success}};
  }
};

// An upgrade probe with the session's cookie.
struct SocketConfig : Config {
  explicit SocketConfig(const Server& server) : Config(server) {
    kind("upgrade");
    socket["url"] = R"("{{target.ws}}/ws")";
    socket["token_in"] = "cookie";
  }
};

ProbeRun log_in(const Habit& habit, bool accepts, const std::string& success = "") {
  const Server server{Handler(Site(habit, accepts))};
  return walk(Config(server, success));
}

constexpr std::string_view successes[] = {"", "{ cookie: sid }"};

TEST(FormProof, TheRightPasswordPassesWherePagesNameTheUser) {
  for (const Habit& habit : habits())
    for (const auto success : successes) {
      const ProbeRun walked = log_in(habit, true, std::string(success));
      EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << habit.name << walked.show();
    }
}

TEST(FormProof, AWrongPasswordPassesNowhere) {
  for (const Habit& habit : habits())
    for (const auto success : successes) {
      const ProbeRun walked = log_in(habit, false, std::string(success));
      EXPECT_NE(walked.verdict.outcome, Outcome::pass) << habit.name << walked.show();
      EXPECT_TRUE(walked.verdict.reason == Reason::login_unproven ||
                  walked.verdict.reason == Reason::no_session)
          << habit.name << walked.show();
    }
}

// Neither is the user named, nor can a visitor see the page.
Habit nameless() { return {.name = "nameless", .home = {"", "<p>Hm", "<div id=app></div>"}}; }

TEST(FormProof, WhereNothingNamesTheUserTheRunIsNoPassAndNoFailure) {
  const ProbeRun walked = log_in(nameless(), true);
  EXPECT_EQ(walked.verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(walked.verdict.reason, Reason::login_unproven) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("a visitor is not shown /home"));
  EXPECT_THAT(walked.verdict.detail, HasSubstr("write in success"));
  EXPECT_TRUE(walked.trace->auth().empty()) << "no sample of the auth rate";
  EXPECT_EQ(log_in(nameless(), true, "{ redirect: /home$ }").verdict.outcome, Outcome::pass);
}

TEST(FormProof, ARedirectThatSpeaksOfAnErrorOrLeadsBackIsNotTheOneThatIsWanted) {
  Habit site = cooldown();
  for (const std::string after :
       {"/login?error=1&next=/home", "/login?next=/home", "/home/failed"}) {
    site.after = after;
    const ProbeRun walked = log_in(site, false, "{ redirect: /home }");
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << after << walked.show();
  }
  site.after = "/home?welcome=1";
  EXPECT_EQ(log_in(site, true, "{ redirect: welcome }").verdict.outcome, Outcome::pass);
}

TEST(FormProof, ARedirectThatOnlyNamesWhereToGoLaterIsNotTheOneThatIsWanted) {
  Habit site = cooldown();
  for (const std::string after :
       {"/terms?next=/home", "/terms?return_to=%2Fhome", "/terms?a=1&ReturnUrl=home",
        "/2fa?next=/home", "/captcha?next=/home", "/otp?return_to=/home", "/suspended?next=/home",
        "/password/expired?next=/home", "/change-password?next=/home", "/home?msg=bad_password",
        "/home#error=access_denied", "/homepage-public", "/home-public"}) {
    site.after = after;
    const ProbeRun walked = log_in(site, false, "{ redirect: home }");
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << after << walked.show();
  }
  for (const std::string after :
       {"/home", "/home/", "/home?next=/error", "/home.html", "/home#top", "/x/home"}) {
    site.after = after;
    const ProbeRun walked = log_in(site, true, "{ redirect: /home }");
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << after << walked.show();
  }
}

TEST(FormProof, ARedirectThatMatchesEverythingIsNoneToACaptchaOrALockedAccount) {
  Habit site = cooldown();
  for (const std::string after : {"/2fa", "/captcha", "/mfa", "/otp", "/suspended"}) {
    site.after = after;
    const ProbeRun walked = log_in(site, false, "{ redirect: / }");
    EXPECT_EQ(walked.verdict.outcome, Outcome::fail) << after << walked.show();
  }
  site.after = "/verify/done";
  EXPECT_EQ(log_in(site, true, "{ redirect: ^http.*/verify/done$ }").verdict.outcome, Outcome::pass)
      << "the configuration names it";
}

TEST(FormProof, APageForASecondFactorIsNoLogin) {
  for (const std::string after : {"/sessions/two-factor/app", "/users/two_factor_authentication",
                                  "/login/challenge", "/2sv", "/verify"}) {
    const ProbeRun walked = log_in(
        {.name = "second factor",
         .home = {"", "", "Signed in as alice <input name=code> <a href=/logout>Sign out</a>"},
         .after = after},
        true);
    EXPECT_EQ(walked.verdict.reason, Reason::no_session) << after << walked.show();
  }
}

TEST(FormProof, SaysOnlyWhatWasTried) {
  Habit dead = nameless();
  dead.home.visitor = dead.home.user;
  const ProbeRun same = log_in(dead, true);
  EXPECT_THAT(same.verdict.detail, HasSubstr("a visitor is shown the same at /home"));
  dead.home.user = "<p>News";
  const ProbeRun differs = log_in(dead, true);
  EXPECT_THAT(differs.verdict.detail, HasSubstr("/home neither names the user nor offers"));
  EXPECT_THAT(differs.verdict.detail, Not(HasSubstr("the same")));
  const ProbeRun error = log_in({.name = "", .home = {"", "", "<p>x"}, .after = "/failed"}, true);
  EXPECT_EQ(error.verdict.reason, Reason::no_session);
  EXPECT_THAT(error.verdict.detail, HasSubstr("leads to an error: /failed"));
}

TEST(FormProof, APathThatBeginsLikeAnErrorAndAMenuWithErrorsAreNone) {
  for (const std::string after : {"/failover/overview", "/errors", "/error-budget/"}) {
    const Habit tracker{
        .name = "tracker",
        .home = {"", "",
                 "alice <a href=/errors>Errors</a> Failed jobs <a href=/logout>Log out</a>"},
        .after = after};
    const ProbeRun walked = log_in(tracker, true);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << after << walked.show();
  }
}

TEST(FormProof, AnUnprovenLoginCountsAsRefusedForTheAccount) {
  const Server server{Handler(Site(cooldown(), false))};
  Config config(server);
  config.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(walker.walk(config).verdict.reason, Reason::login_unproven);
  EXPECT_EQ(walker.walk(config).verdict.reason, Reason::suppressed);
}

TEST(FormProof, ASocketThatNamesTheUserProvesTheLogin) {
  const Server server{Handler(Site(nameless(), true))};
  SocketConfig config(server);
  const ProbeRun without = walk(config);
  EXPECT_EQ(without.verdict.reason, Reason::login_unproven) << without.show();
  config.socket["ready"] =
      "{ type: connection_established, identity: { at: /data/user_id, equals: alice } }";
  const ProbeRun named = walk(config);
  EXPECT_EQ(named.verdict.outcome, Outcome::pass) << named.show();
}

TEST(FormProof, ASocketThatRefusesVisitorsProvesTheLogin) {
  const Server server{Handler(Site(nameless(), true))};
  SocketConfig config(server);
  config.login["lockout"] = "{ after: 3, cooldown: 1h }";
  config.probe["refuse"] = "[no_token]";
  Walker walker;
  for (int i = 0; i < 5; ++i) {
    const ProbeRun walked = walker.walk(config);
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    EXPECT_EQ(walked.trace->auth().size(), 2U) << "login and upgrade";
  }
}

TEST(FormProof, ASocketThatRefusesTheSessionSaysThatTheLoginMayBeRefused) {
  const Server server{Handler(Site(nameless(), false))};
  const ProbeRun walked = walk(SocketConfig(server));
  EXPECT_EQ(walked.verdict.reason, Reason::unauthorized) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("the login may have been refused"));
}

TEST(FormProof, AnAnswerThatAVisitorDoesNotGetProvesTheLoginOfAHealthProbe) {
  for (const auto& [path, reason] : std::vector<std::pair<std::string, Reason>>{
           {"/me", Reason::ok}, {"/open", Reason::login_unproven}}) {
    const Server server{Handler([site = Site(nameless(), true)](const Request& request) mutable {
      return request.target() == "/open" ? Script{json(200, "{}")} : site(request);
    })};
    Config config(server);
    config.kind("health");
    config.probe["login"] = "account";
    config.probe["as"] = "alice";
    config.probe["url"] = "\"{{target.http}}" + path + "\"";
    config.probe["headers"] = "{ Cookie: \"{{cookies}}\" }";
    const ProbeRun walked = walk(config);
    EXPECT_EQ(walked.verdict.reason, reason) << path << walked.show();
  }
}

TEST(FormProof, ASessionThatEachAnswerRenewsIsTheLastOne) {
  Habit habit = nameless();
  habit.renews = true;
  habit.home.user = "Hello alice";
  habit.login.user = "<p>You are logged in";
  const Server server{Handler(Site(habit, true))};
  const ProbeRun walked = walk(SocketConfig(server));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

// A form that lets a wrong password in, or seems to.
struct TwoPasswords {
  Site site;
  Script operator()(const Request& request) {
    const bool wrong = request.method() == "POST" && !request.body.contains("correct");
    site.accept(!wrong || welcomes_all);
    return site(request);
  }
  bool welcomes_all = false;
};

TEST(FormProof, AWrongPasswordIsAHoleOnlyWhereTheEndpointWelcomesItsSession) {
  for (const bool hole : {false, true})
    for (const Habit& habit : {cooldown(), habits()[2]}) {
      const Server server{Handler(TwoPasswords{Site(habit, true), hole})};
      SocketConfig config(server);
      config.probe["refuse"] = "[wrong_password]";
      const ProbeRun walked = walk(config);
      EXPECT_EQ(walked.verdict.reason, hole ? Reason::auth_fail_open : Reason::ok)
          << habit.name << walked.show();
    }
}

}  // namespace
}  // namespace sonde::test::form_proof_test
