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

// Another login of the identity shows more or less of it, and no other password.
TEST(LoginGuard, ALoginThatSendsOtherFieldsIsNoChangedPassword) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.target["lockout"] = "{ after: 3, cooldown: 1h }";
  usual.identity["tenant"] = "blue";
  const std::string bodies[] = {
      R"({ username: "{{identity.username}}", password: "{{identity.password}}" })",
      R"({ username: "{{identity.username}}", password: "{{identity.password}}",
           tenant: "{{identity.tenant}}" })",
      R"({ username: "{{identity.username}}", secret: "{{identity.password | sha256}}" })"};
  Walker walker;
  for (int round = 0; round < 3; ++round)
    for (const std::string& body : bodies) {
      usual.login["body"] = body;
      walker.walk(usual);
    }
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  walker.walk(usual);
  usual.login = {{"method", "token"}, {"token", R"("{{identity.password | b64}}")"}};
  usual.probe["headers"] = R"({ X-Password: "{{token}}", X-User: "{{identity.username}}" })";
  usual.probe["login"] = "account";
  walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(LoginGuard, AChangedPasswordIsTriedOnceByWhicheverLogin) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.target["lockout"] = "{ after: 2, cooldown: 1h }";
  Walker walker;
  for (int i = 0; i < 4; ++i) walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 2U);
  usual.identity["password"] = "{ file: " + usual.folder.write("new", "another password") + " }";
  for (int i = 0; i < 4; ++i) walker.walk(usual);
  EXPECT_EQ(server.requests().size(), 3U);
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

// A restart, another worker, and `sonde run` beside the daemon: whoever uses the table.
TEST(LoginGuard, LeavesAServerAloneThatAskedForItBeforeARestart) {
  const Server server(Script{answer(503, "{}", {{"Retry-After", "3600"}})});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  const std::string path = usual.folder.write("unused", "") + ".lockouts";
  const auto walk_in_new_process = [&] {
    Walker walker;
    walker.shared().token_cache.share(auth::LockoutTable::open(path).value());
    return walker.walk(usual);
  };
  EXPECT_EQ(walk_in_new_process().verdict.reason, Reason::overloaded);
  const ProbeRun walked = walk_in_new_process();
  EXPECT_EQ(walked.verdict.reason, Reason::suppressed) << walked.show();
  EXPECT_THAT(walked.verdict.detail,
              testing::HasSubstr("the server wants to be left alone for 3600 s, and is for 60 s"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(LoginGuard, CountsAUserOnceWhetherTheLoginOrTheIdentityNamesIt) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.login["lockout"] = "{ after: 3, cooldown: 1h }";
  usual.identity["username"] = "alice@example.com";
  const std::string second =
      R"({ url: "{{target.auth}}/v2/login", body: { mail: Alice@example.com, p: "{{identity.password}}" },
           lockout: { after: 3, cooldown: 1h } })";
  Walker walker;
  for (const std::string name : {"account", "second", "account", "second", "account"}) {
    usual.probe["login"] = name;
    walker.walk(with_second(usual, second));
  }
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
  yaml.insert(yaml.find(targets) + targets.size(), first + server.url("/realm") + "\" }, ");
  const auto planned = plan(yaml);
  for (int i = 0; i < 3; ++i) walker.walk(planned.check("p"));
  EXPECT_EQ(server.requests().size(), 3U);
}

// Whichever of them asks first, and whichever worker runs it.
TEST(LoginGuard, TheStrictestRulesOfTheTargetsOfAnAccountHoldForAll) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.target["lockout"] = "{ after: 10, cooldown: 5m }";
  std::string yaml = usual.yaml();
  const std::string targets = "targets: { ", at = "target: t";
  yaml.insert(yaml.find(targets) + targets.size(),
              "careful: { http: \"" + server.url("") + "\", auth: \"" + server.url("/v2") +
                  "\", lockout: { after: 3, cooldown: 1h } }, ");
  yaml.replace(yaml.find(at), at.size(), "target: [t, careful]");
  const auto planned = plan(yaml);
  const auto table = auth::LockoutTable::in_memory();
  Walker one, other;
  for (Walker* walker : {&one, &other}) walker->shared().token_cache.share(table);
  for (int i = 0; i < 6; ++i) one.walk(planned.check("p", "t"));
  for (int i = 0; i < 6; ++i) other.walk(planned.check("p", "careful"));
  EXPECT_EQ(server.requests().size(), 3U);
}

// A target that nothing presses has no say.
TEST(LoginGuard, RulesOfATargetWhoseProbesShowNothingDoNotHold) {
  const Server server(Script{json(401, "{}")});
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.target["lockout"] = "{ after: 4, cooldown: 5m }";
  std::string yaml = usual.yaml();
  const std::string targets = "targets: { ";
  yaml.insert(yaml.find(targets) + targets.size(),
              "careful: { http: \"" + server.url("") + "\", auth: \"" + server.url("") +
                  "\", lockout: { after: 1, cooldown: 1h } }, ");
  yaml.insert(yaml.find("probes: { ") + 10,
              "h: { kind: health, target: careful, as: alice, url: \"{{target.http}}/\" }, ");
  const auto planned = plan(yaml);
  EXPECT_EQ(planned.wrong(), "");
  Walker walker;
  for (int i = 0; i < 6; ++i) walker.walk(planned.check("p", "t"));
  EXPECT_EQ(server.requests().size(), 4U);
}

}  // namespace
}  // namespace sonde::test::lockout_account_test
