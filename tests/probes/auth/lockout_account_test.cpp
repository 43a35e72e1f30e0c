// That the logins of one account count together, whoever makes them.
#include <gmock/gmock.h>

#include <set>

#include "tests/support/provider.hpp"
#include "tests/support/walk.hpp"

namespace sonde::test::lockout_account_test {
namespace {

// The check of the usual file with a second entry of `logins:`.
std::shared_ptr<const Check> with_second(const Usual& usual, const std::string& second) {
  std::string yaml = usual.yaml();
  const std::string logins = "logins: { ";
  yaml.insert(yaml.find(logins) + logins.size(), "second: " + second + ", ");
  return plan(yaml).check("p");
}

TEST(LoginGuard, CountsAnAccountOnceForAllItsLogins) {
  const std::string second =
      R"({ method: oauth2_password, url: "{{target.auth}}/token", username: "{{identity.username}}",
           password: "{{identity.password}}", lockout: { after: 3, cooldown: 1h } })";
  const Server server(Script{json(401, "{}")});
  Usual usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (const std::string name : {"account", "second", "account", "second", "account"}) {
    usual.probe["login"] = name;
    walker.walk(with_second(usual, second));
  }
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(LoginGuard, CountsAUserOnceForAllIdentitiesThatNameIt) {
  const Server server(Script{json(401, "{}")});
  Usual usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  usual.other["username"] = "Alice@example.com";
  Walker walker;
  for (const std::string name : {"alice", "bob", "alice", "bob"}) {
    usual.probe["as"] = name;
    walker.walk(usual);
  }
  EXPECT_EQ(server.requests().size(), 3U);
  usual.other["username"] = "bob@example.com";
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials);
}

TEST(LoginGuard, GoesOnCountingWhereTheConfigurationOfALoginChanges) {
  const Server server(Script{json(401, "{}")});
  Usual usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 2; ++i) walker.walk(usual);
  usual.login["headers"] = "{ X-Client: sonde }";
  usual.target["vars"] = "{ tier: gold }";
  for (int i = 0; i < 2; ++i) walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(LoginGuard, CountsLoginsAtOnceBeforeTheyAreAnswered) {
  const Server server(Script{json(401, "{}")});
  Usual usual(server.url(""));
  usual.kind("login");
  usual.probe["parallel"] = "8";
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(LoginGuard, LetsMoreLoginsAtOnceThanItAllowsFollowEachOther) {
  int count = 0;
  const Server server(Handler([&](const Request&) {
    return Script{json(200, granted("opaque-token-" + std::to_string(++count)))};
  }));
  Usual usual(server.url(""));
  usual.kind("login");
  usual.probe["parallel"] = "8";
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  const Walk walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(server.requests().size(), 8U);
}

// What we wait for ourselves is no timeout of the target.
TEST(LoginGuard, ARunThatIsCutWhileItWaitsForAnotherLoginIsSuppressed) {
  const Server server(Script{pause(std::chrono::milliseconds(400)), json(200, granted())});
  Usual usual(server.url(""));
  usual.kind("login");
  usual.defaults["timeout"] = "300ms";
  usual.login["lockout"] = "{ after: 1, cooldown: 1h }";
  const auto check = plan(usual.yaml()).check("p");
  Walker walker;
  std::multiset<Reason> reasons;
  std::size_t samples = 0;
  for (const Walk& walked : walker.together({check, check})) {
    reasons.insert(walked.verdict.reason);
    samples += walked.trace->auth().size();
  }
  EXPECT_EQ(reasons, (std::multiset{Reason::timeout, Reason::suppressed}));
  EXPECT_EQ(samples, 1U) << "the one that waited made no attempt";
}

// The main login and the fresh one of an experiment count together.
TEST(LoginGuard, CountsTheLoginOfAnExperiment) {
  int logins = 0;
  const Server server(Handler([&](const Request& request) {
    if (request.method() != "POST") return Script{answer(401)};
    return Script{++logins == 1 ? json(200, granted()) : json(401, "{}")};
  }));
  Usual usual(server.url(""));
  usual.kind("upgrade");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  walker.walk_and_diagnose(usual, {.passed_lately = true});
  std::string seen;
  for (int i = 0; i < 5; ++i)
    seen += walker.walk_and_diagnose(usual, {.passed_lately = true}).show() + "\n";
  EXPECT_EQ(logins, 3) << seen;  // one that was granted, and two that were refused
}

}  // namespace
}  // namespace sonde::test::lockout_account_test
