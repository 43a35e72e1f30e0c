// That the logins of one account count together, whoever makes them.
#include <gmock/gmock.h>

#include <set>

#include "probes/session/shared.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/provider.hpp"

namespace sonde::test::lockout_account_test {
namespace {

// The check of the usual file with a second entry of `logins:`.
std::shared_ptr<const Check> with_second(const DefaultConfig& usual, const std::string& second) {
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
  DefaultConfig usual(server.url(""));
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
  DefaultConfig usual(server.url(""));
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

// A file: one account for whoever counts in it, in this process and in others.
TEST(LoginGuard, CountsAnAccountOnceForAllThatShareTheTable) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  const std::string path = usual.folder.write("unused", "") + ".lockouts";
  for (int i = 0; i < 5; ++i) {
    Walker walker;  // another one each time
    walker.shared().token_cache.share(auth::LockoutTable::open(path).value());
    walker.walk(usual);
  }
  EXPECT_EQ(server.requests().size(), 3U);
}

// The count is there before anything else can be asked, also while two are at it.
TEST(LoginGuard, ASuccessElsewhereIsOneHere) {
  bool good = false;
  const Server server(
      Handler([&](const Request&) { return Script{good ? json(200, granted()) : json(401, "")}; }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  const auto table = auth::LockoutTable::in_memory();
  Walker one, other;
  for (Walker* walker : {&one, &other}) walker->shared().token_cache.share(table);
  one.walk(usual);
  other.walk(usual);
  good = true;
  EXPECT_EQ(other.walk(usual).verdict.outcome, Outcome::pass);
  good = false;
  for (int i = 0; i < 5; ++i) one.walk(usual);
  EXPECT_EQ(server.requests().size(), 6U) << "three after the success";
}

TEST(LoginGuard, CountsAUserOnceWhateverBlanksAreAroundTheName) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (const std::string name : {"carol", "\"Carol \"", "\" carol\"", "CAROL", "carol"}) {
    usual.identity["username"] = name;
    walker.walk(usual);
  }
  EXPECT_EQ(server.requests().size(), 3U);
}

// By what the login shows: the same mail address is the same account, whatever else is known of it.
TEST(LoginGuard, CountsAUserByTheNameThatTheLoginShows) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  usual.login["body"] = R"({ mail: "{{identity.email}}", p: "{{identity.password}}" })";
  usual.identity["email"] = "team@example.com";
  usual.other["email"] = "Team@example.com";
  usual.identity["username"] = "alice";
  usual.other["username"] = "bob";
  Walker walker;
  for (const std::string name : {"alice", "bob", "alice", "bob"}) {
    usual.probe["as"] = name;
    walker.walk(usual);
  }
  EXPECT_EQ(server.requests().size(), 3U);
  usual.login["body"] = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials) << "another account: bob";
}

TEST(LoginGuard, CountsAUserOnceForTargetsThatLogInAtOneAddress) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  std::string yaml = usual.yaml();
  const std::string targets = "targets: { ";
  const std::string auth = "auth: \"" + server.url("") + "/\"";
  yaml.insert(yaml.find(targets) + targets.size(),
              "east: { http: \"http://east.example.com\", " + auth +
                  " }, west: { http: \"http://west.example.com\", " + auth + " }, ");
  const std::string at = "target: t";
  ASSERT_NE(yaml.find(at), std::string::npos) << yaml;
  yaml.replace(yaml.find(at), at.size(), "target: [east, west, t]");
  const auto planned = plan(yaml);
  Walker walker;
  for (const std::string target : {"east", "west", "t", "east", "west"})
    walker.walk(planned.check("p", target));
  EXPECT_EQ(server.requests().size(), 3U);
}

// Whoever corrects a password does not wait for the cooldown.
TEST(LoginGuard, TriesAChangedPasswordAtOnceAndOnce) {
  std::string good = "the right one";
  const Server server(Handler([&](const Request& request) {
    return Script{request.body.contains(good) ? json(200, granted()) : json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["body"] = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  const auto with = [&](const std::string& password) {
    usual.identity["password"] = "{ file: " + usual.folder.write("own", password) + " }";
  };
  Walker walker;
  with("wrong");
  for (int i = 0; i < 5; ++i) walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 3U);
  with("wrong again");
  for (int i = 0; i < 3; ++i) walker.walk(usual);
  with("wrong");
  for (int i = 0; i < 3; ++i) walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 4U);
  with("wrong for the third time");
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::suppressed);
}

TEST(LoginGuard, PassesWithTheRightPasswordAsSoonAsItIsThere) {
  const Server server(Handler([&](const Request& request) {
    return Script{request.body.contains("right") ? json(200, granted()) : json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["body"] = R"({ u: "{{identity.username}}", p: "{{identity.password}}" })";
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  for (const std::string password : {"wrong", "wrong", "wrong", "the right one"}) {
    usual.identity["password"] = "{ file: " + usual.folder.write("own", password) + " }";
    const ProbeRun walked = walker.walk(usual);
    EXPECT_EQ(walked.verdict.outcome == Outcome::pass, password == "the right one")
        << walked.show();
  }
}

TEST(LoginGuard, GoesOnCountingWhereTheConfigurationOfALoginChanges) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
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
  DefaultConfig usual(server.url(""));
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
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.probe["parallel"] = "8";
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(server.requests().size(), 8U);
}

// What we wait for ourselves is no timeout of the target.
TEST(LoginGuard, ARunThatIsCutWhileItWaitsForAnotherLoginIsSuppressed) {
  const Server server(Script{pause(std::chrono::milliseconds(400)), json(200, granted())});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.defaults["timeout"] = "300ms";
  usual.login["lockout"] = "{ after: 1, cooldown: 1h }";
  const auto check = plan(usual.yaml()).check("p");
  Walker walker;
  std::multiset<Reason> reasons;
  std::size_t samples = 0;
  for (const ProbeRun& walked : walker.when_all({check, check})) {
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
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  walker.walk_and_diagnose(usual, {.passed_lately = true});
  std::string seen;
  for (int i = 0; i < 5; ++i)
    seen += walker.walk_and_diagnose(usual, {.passed_lately = true}).show() + "\n";
  EXPECT_EQ(logins, 3) << seen;  // one that was granted, and two that were refused
}

TEST(LoginGuard, GoesOnCountingWhereATargetWithTheSameAddressIsAdded) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 2; ++i) walker.walk(usual);
  std::string yaml = usual.yaml();
  const std::string targets = "targets: { ";
  const std::string first = R"(canary: { http: "http://canary.example.com", auth: ")";
  yaml.insert(yaml.find(targets) + targets.size(), first + server.url("") + "?key=1\" }, ");
  const auto planned = plan(yaml);
  for (int i = 0; i < 3; ++i) walker.walk(planned.check("p"));
  EXPECT_EQ(server.requests().size(), 3U);
}

}  // namespace
}  // namespace sonde::test::lockout_account_test
