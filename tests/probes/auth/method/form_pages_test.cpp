// Form logins that ask for the user name on one page and for the password on the next one.
#include <gmock/gmock.h>

#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::form_pages_test {
namespace {

using testing::HasSubstr;

// Knows alice, whose name it signs for its second page.
struct Provider {
  std::string known = "alice@example.com", password = std::string(DefaultConfig::password);
  std::string first = "<form method=post action=/who><input name=username></form>";
  std::string second =
      "<form method=post action=/in><input type=hidden name=username value=signed-alice>"
      "<input type=password name=password></form>";
  Script unknown = {answer(200, "<p>No such user" + first)};
  bool by_redirect = true;

  Script operator()(const Request& request) const {
    auto sent = parameters(request.body);
    if (request.target() == "/login") return {answer(200, first)};
    if (request.target() == "/who" && sent["username"] != known) return unknown;
    if (request.target() == "/who")
      return by_redirect ? Script{answer(303, "", {{"Location", "/password"}})}
                         : Script{answer(200, second)};
    if (request.target() == "/password") return {answer(200, second)};
    if (request.target() == "/home")
      return request.header("Cookie").contains("session=a11ce")
                 ? Script{answer(200, "<h1>Hello alice")}
                 : Script{answer(302, "", {{"Location", "/login"}})};
    if (sent["username"] != "signed-alice" || sent["password"] != password)
      return {answer(200, "<p>Wrong" + second)};
    return {answer(302, "", {{"Location", "/home"}, {"Set-Cookie", "session=a11ce; Path=/"}})};
  }
};

struct FormConfig : DefaultConfig {
  explicit FormConfig(const Server& server) : DefaultConfig(server.url("")) {
    kind("login");
    identity["username"] = "alice@example.com";
    login = {{"method", "form"},
             {"url", R"("{{target.auth}}/login")"},
             {"lockout", "{ after: 3, cooldown: 1h }"}};
  }
};

ProbeRun log_in(const Provider& provider) {
  const Server server{Handler(provider)};
  return walk(FormConfig(server));
}

int posts(const Server& server) {
  const auto requests = server.requests();
  return static_cast<int>(std::ranges::count_if(
      requests, [](const Request& request) { return request.method() == "POST"; }));
}

TEST(FormPages, ThePasswordGoesToThePageThatAsksForIt) {
  for (const bool by_redirect : {true, false}) {
    const ProbeRun walked = log_in({.by_redirect = by_redirect});
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  }
}

TEST(FormPages, AUserNameThatIsShownAgainIsSentAsItStandsThere) {
  Provider provider;
  provider.second =
      "<form method=post action=/in><input name=username value=signed-alice readonly>"
      "<input type=password name=password></form>";
  const ProbeRun walked = log_in(provider);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
}

TEST(FormPages, AWrongPasswordIsRefused) {
  const ProbeRun walked = log_in({.password = "another"});
  EXPECT_EQ(walked.verdict.reason, Reason::credentials) << walked.show();
}

TEST(FormPages, AUserWhoIsNotKnownIsToldAndCounted) {
  for (const auto& [unknown, reason] : std::vector<std::pair<Script, Reason>>{
           {Provider().unknown, Reason::credentials},
           {{answer(200, "<p>We sent you a mail")}, Reason::no_form},
           {{answer(401, "no")}, Reason::credentials}}) {
    const Server server{Handler(Provider{.known = "bob", .unknown = unknown})};
    Walker walker;
    const FormConfig usual(server);
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.reason, reason) << walked.show();
    EXPECT_THAT(walked.verdict.detail, HasSubstr("after username"));
    for (int i = 0; i < 4; ++i) walker.walk(usual);
    EXPECT_EQ(posts(server), 3);
  }
}

TEST(FormPages, ALoginThatGoesWellIsOneTrialOfTheAccount) {
  const Server server{Handler(Provider())};
  FormConfig usual(server);
  usual.login["lockout"] = "{ after: 1, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
  EXPECT_EQ(posts(server), 4);
}

TEST(FormPages, APageThatAsksForAPasswordButNotForEverythingIsNoLogin) {
  Provider provider;
  provider.first = "<form method=post action=/who><input type=password name=password></form>";
  const Server server{Handler(provider)};
  const ProbeRun walked = walk(FormConfig(server));
  EXPECT_EQ(walked.verdict.reason, Reason::no_form);
  EXPECT_EQ(posts(server), 0);
}

TEST(FormPages, NothingIsSentToAFormThatRegisters) {
  for (const std::string& page :
       {std::string("<form method=post action=/register><input name=username>"
                    "<input type=password name=password></form>"),
        std::string("<form method=post action=/in><input name=username><button>Send me a link")}) {
    Provider provider;
    provider.first = page;
    const Server server{Handler(provider)};
    const ProbeRun walked = walk(FormConfig(server));
    EXPECT_EQ(walked.verdict.reason, Reason::no_form);
    EXPECT_THAT(walked.verdict.detail, HasSubstr("nothing was sent"));
    EXPECT_EQ(posts(server), 0);
  }
}

}  // namespace
}  // namespace sonde::test::form_pages_test
