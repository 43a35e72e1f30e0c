#include "probes/plan/plan.hpp"

#include <gmock/gmock.h>

#include "tests/support/http_server.hpp"
#include "tests/support/probe_run.hpp"
#include "tests/support/ws_server.hpp"

namespace sonde::test::plan_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Script welcome(const Request& request) {
  if (request.target() == "/auth/login") return {json(200, granted())};
  return {accept(), text(R"({"type":"connection_established"})"),
          on_message([](const std::string&) -> Script { return {}; })};
}

std::string host_of(const Server& server) { return "127.0.0.1:" + std::to_string(server.port()); }

// The plan of the usual file of a kind, with other keys of its probe.
class Plan : public testing::Test {
 protected:
  Planned with(std::string_view kind, const DefaultConfig::Keys& probe = {}) {
    usual.kind(kind);
    for (const auto& [name, value] : probe) usual.probe[name] = value;
    return plan(usual.yaml());
  }
  std::string wrong(std::string_view kind, const DefaultConfig::Keys& probe = {}) {
    return with(kind, probe).wrong();
  }
  DefaultConfig usual{"127.0.0.1:9"};
};

TEST_F(Plan, TheUsualFileIsRight) {
  for (const auto* kind : {"health", "login", "upgrade", "chat"}) {
    EXPECT_EQ(wrong(kind), "");
    EXPECT_EQ(with(kind).checks.size(), 1U);
  }
}

TEST_F(Plan, ACheckHasWhatTheFileSays) {
  const auto check = with("upgrade", {{"every", "15s"},
                                      {"timeout", "4s"},
                                      {"in_flight", "3"},
                                      {"retry", "{ max: 2 }"},
                                      {"negative_auth_min_interval", "90s"}})
                         .check("p");
  EXPECT_EQ(check->kind, "upgrade");
  EXPECT_EQ(check->target, "t");
  EXPECT_EQ(check->every, 15s);
  EXPECT_EQ(check->timeout, 4s);
  EXPECT_EQ(check->in_flight_max, 3);
  EXPECT_EQ(check->retries, 2);
  EXPECT_EQ(check->refusals_every, 90s);
  EXPECT_EQ(check->steps,
            (std::vector<Step>{Step::login, Step::upgrade, Step::ready, Step::hold, Step::refuse}));
}

TEST_F(Plan, DefaultsHoldWhereTheProbeSaysNothing) {
  usual.defaults["every"] = "77s";
  usual.defaults["timeout"] = "7s";
  EXPECT_EQ(with("health").check("p")->every, 77s);
  EXPECT_EQ(with("health").check("p")->timeout, 7s);
  EXPECT_EQ(with("health", {{"every", "20s"}}).check("p")->every, 20s);
}

TEST_F(Plan, UnknownNamesAreMistakesWithTheNearestOne) {
  EXPECT_THAT(wrong("login", {{"login", "acount"}}),
              HasSubstr("probes.p.login: there is no 'acount'; did you mean 'account'?"));
  EXPECT_THAT(wrong("upgrade", {{"socket", "mian"}}),
              HasSubstr("probes.p.socket: there is no 'mian'; did you mean 'main'?"));
  EXPECT_THAT(wrong("login", {{"as", "alcie"}}),
              HasSubstr("probes.p.as: there is no 'alcie'; did you mean 'alice'?"));
}

TEST_F(Plan, AnUnknownTargetIsAMistake) {
  EXPECT_THAT(wrong("login", {{"target", "staging"}}),
              HasSubstr("probes.p.target: there is no 'staging'"));
}

TEST_F(Plan, AMistakeHasItsPlace) {
  EXPECT_THAT(wrong("login", {{"as", "alcie"}}), HasSubstr("test.yaml:6:"));
}

TEST_F(Plan, AnUnknownKindIsAMistake) {
  usual.kind("login");
  usual.probe["kind"] = "logn";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("probes.p.kind"));
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("did you mean 'login'?"));
  usual.probe["kind"] = "";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("'kind' is missing"));
}

TEST_F(Plan, AnUnknownKeyIsAMistake) {
  EXPECT_THAT(wrong("login", {{"evry", "5s"}}),
              HasSubstr("probes.p.evry: unknown key; did you mean 'every'?"));
}

TEST_F(Plan, AnUnknownNameInATemplateIsAMistake) {
  usual.target["vars"] = "{ client: web }";
  EXPECT_THAT(wrong("health", {{"url", R"("{{target.http}}/{{target.clinet}}")"}}),
              HasSubstr("{{target.clinet}} is not known on target 't'"));
  EXPECT_EQ(wrong("health", {{"url", R"("{{target.http}}/{{target.client}}")"}}), "");
}

TEST_F(Plan, AnUnknownNameInALoginIsAMistakeOfTheProbesThatUseIt) {
  usual.login["body"] = R"({ user: "{{identity.user}}" })";
  EXPECT_THAT(wrong("login"), HasSubstr("{{identity.user}} is not known"));
  EXPECT_EQ(wrong("health"), "");
}

TEST_F(Plan, ATargetWithoutTheUrlThatIsNamedIsAMistake) {
  usual.target["ws"] = "";
  EXPECT_THAT(wrong("upgrade"), HasSubstr("{{target.ws}} is not known on target 't'"));
}

TEST_F(Plan, AnAddressThatCannotBeReadIsAMistakeBeforeAnythingRuns) {
  for (const std::string url :
       {"htp://h/", "http://u:p@h/", "http://h:80800/", "http://ex ample/", "//h/", "h:80"})
    EXPECT_THAT(wrong("health", {{"url", "'" + url + "'"}}),
                HasSubstr("'" + url + "' makes no address on target 't': "))
        << url;
  EXPECT_THAT(wrong("health", {{"url", "/health"}}), HasSubstr("begin it with {{target.http}}"));
  usual.target["http"] = "http://user:pass@h";
  const std::string told = wrong("health", {{"url", "'{{target.http}}/health'"}});
  EXPECT_THAT(told, HasSubstr("targets.t.http: it is no URL: a user or password"));
  EXPECT_THAT(told, Not(HasSubstr("makes no address"))) << "it is said once";
  EXPECT_THAT(told, Not(HasSubstr("user:pass")));
}

TEST_F(Plan, AnAddressThatARunCompletesIsReadInTheRun) {
  EXPECT_EQ(wrong("login", {}), "");
  usual.login["url"] = "'{{target.http}}/{{identity.username}}'";
  EXPECT_EQ(wrong("login", {}), "");
}

TEST_F(Plan, AnIdentityIsWantedWhereOneIsNamed) {
  usual.defaults["as"] = "";
  EXPECT_THAT(wrong("login"), HasSubstr("name an identity: 'as', here or in defaults"));
  EXPECT_EQ(wrong("health"), "");
}

TEST_F(Plan, ALoginIsWantedWhereATokenIs) {
  usual.defaults["login"] = "";
  EXPECT_THAT(wrong("login"), HasSubstr("it needs a token, so name a login"));
  EXPECT_THAT(wrong("upgrade"), HasSubstr("it needs a token, so name a login"));
  EXPECT_EQ(wrong("upgrade", {{"token_in", "none"}}), "");
  EXPECT_EQ(wrong("health"), "");
}

TEST_F(Plan, AHealthProbeWithATokenNeedsALogin) {
  const DefaultConfig::Keys asks = {{"headers", R"({ Authorization: "Bearer {{token}}" })"}};
  EXPECT_EQ(wrong("health", asks), "");
  EXPECT_THAT(wrong("health", {{"body", R"("{{login.unknown}}")"}}),
              HasSubstr("{{login.unknown}} is not known"));
  usual.defaults["login"] = "";
  EXPECT_THAT(wrong("health", asks), HasSubstr("it needs a token, so name a login"));
}

TEST_F(Plan, AnAddressIsWanted) {
  EXPECT_THAT(wrong("health", {{"url", ""}}), HasSubstr("probes.p.url: this key is required"));
  EXPECT_THAT(wrong("upgrade", {{"socket", ""}}), HasSubstr("'url' is missing"));
}

TEST_F(Plan, ASecretIsNeverWrittenOut) {
  usual.identity["password"] = "hunter2-hunter2";
  EXPECT_THAT(wrong("login"), HasSubstr("identities.alice.password: a secret cannot stand here"));
  EXPECT_THAT(wrong("login"), Not(HasSubstr("hunter2")));
}

TEST_F(Plan, ASecretThatCannotBeReadIsAMistake) {
  usual.folder.remove("alice.pw");
  EXPECT_THAT(wrong("login"), HasSubstr("the secret cannot be read"));
}

TEST_F(Plan, MistakesOfSeveralPartsAreToldAtOnce) {
  usual.login["method"] = "jsno";
  usual.socket["token_in"] = "heder";
  const std::string told = wrong("upgrade", {{"every", "soon"}});
  EXPECT_THAT(told, HasSubstr("logins.account.method"));
  EXPECT_THAT(told, HasSubstr("sockets.main.token_in"));
  EXPECT_THAT(told, HasSubstr("probes.p.every"));
}

TEST_F(Plan, CarriersAreRead) {
  for (const auto* placement :
       {"header", "subprotocol", "query", "cookie", "none", R"({ header: "X-Token: {{token}}" })",
        R"({ subprotocol: [chat.v1, "bearer.{{token | b64url}}"], expect: chat.v1 })"})
    EXPECT_EQ(wrong("upgrade", {{"token_in", placement}}), "") << placement;
  for (const auto* placement :
       {"{}", R"({ header: "no colon" })", R"({ query: "nothing" })",
        R"({ query: "a={{token}}", cookie: "b={{token}}" })", R"({ heder: "X-Token: {{token}}" })"})
    EXPECT_THAT(wrong("upgrade", {{"token_in", placement}}), HasSubstr("probes.p.token_in"))
        << placement;
}

constexpr std::string_view several = R"(
targets:
  blue: { http: http://blue.test, vars: { client: b }, identities: { bob: { username: blue-bob } } }
  green: { http: http://green.test, vars: { client: g } }
identities: { bob: { username: common-bob } }
probes:
  health: { kind: health, target: [blue, green], as: bob, url: "{{target.http}}/{{identity.username}}" }
  other: { kind: health, target: green, url: "{{target.http}}" }
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

TEST(PlanOfSeveralTargets, HasACheckForEachInTheOrderOfTheFile) {
  const auto planned = plan(std::string(several));
  ASSERT_EQ(planned.wrong(), "");
  std::vector<std::string> all;
  for (const auto& check : planned.checks) all.push_back(check->name + "@" + check->target);
  EXPECT_EQ(all, (std::vector<std::string>{"health@blue", "health@green", "other@green"}));
}

TEST(PlanOfSeveralTargets, TellsAMistakeOfOneTargetAlone) {
  std::string yaml(several);
  yaml = replaced(yaml, ", vars: { client: g }", "");
  yaml = replaced(yaml, "{{identity.username}}", "{{target.client}}");
  const auto planned = plan(yaml);
  EXPECT_THAT(planned.wrong(), HasSubstr("{{target.client}} is not known on target 'green'"));
  EXPECT_THAT(planned.wrong(), Not(HasSubstr("'blue'")));
}

TEST(PlanOfSeveralTargets, TheTargetsOwnIdentityComesFirst) {
  const Server server(Script{answer(200)});
  std::string yaml = replaced(std::string(several), "http://blue.test", server.url("/blue"));
  yaml = replaced(yaml, "http://green.test", server.url("/green"));
  for (const auto* target : {"blue", "green"})
    EXPECT_EQ(walk(plan(yaml).check("health", target)).verdict.outcome, Outcome::pass);
  EXPECT_EQ(server.requests().at(0).target(), "/blue/blue-bob");
  EXPECT_EQ(server.requests().at(1).target(), "/green/common-bob");
}

TEST_F(Plan, ASocketsKeysInTheProbeOverrideTheSockets) {
  const Server server(welcome);
  for (auto& [name, url] : usual.target) url.replace(url.find("127.0.0.1:9"), 11, host_of(server));
  const auto planned = with("upgrade", {{"url", R"("{{target.ws}}/own")"}, {"token_in", "query"}});
  const ProbeRun walked = walk(planned.check("p"));
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_THAT(server.requests().back().target(), HasSubstr("/own?token="));
}

std::string print_of(const DefaultConfig& usual) {
  return plan(usual.yaml()).check("p")->fingerprint;
}

TEST_F(Plan, AFingerprintIsThatOfTheSameText) {
  usual.kind("chat");
  EXPECT_EQ(print_of(usual), print_of(usual));
  const std::string before = print_of(usual);
  usual.more = "workers: 3\n";
  EXPECT_EQ(print_of(usual), before);
}

TEST_F(Plan, AFingerprintChangesWithEveryPartThatShapesTheCheck) {
  usual.kind("upgrade");
  std::string before = print_of(usual);
  const auto changes = [&](DefaultConfig::Keys& keys, const std::string& name,
                           const std::string& value) {
    keys[name] = value;
    const std::string after = print_of(usual);
    EXPECT_NE(after, before) << name;
    before = after;
  };
  changes(usual.probe, "every", "11s");
  changes(usual.socket, "token_in", "query");
  changes(usual.login, "token", "/data/token");
  changes(usual.target, "http", "http://127.0.0.1:10");
  changes(usual.identity, "username", "bob@example.com");
  changes(usual.defaults, "timeout", "6s");
  usual.more = "location: eu\n";
  EXPECT_NE(print_of(usual), before);
}

TEST_F(Plan, WhatRefusalChecksTryIsTheSameUntilTheTargetTheAddressOrTheLoginChanges) {
  usual.kind("upgrade");
  const auto tried = [&] { return plan(usual.yaml()).check("p")->refusal_fingerprint; };
  const std::string before = tried();
  const auto with_key = [&](DefaultConfig::Keys& keys, const std::string& name,
                            const std::string& value) {
    const DefaultConfig::Keys kept = keys;
    keys[name] = value;
    const std::string after = tried();
    keys = kept;
    return after;
  };
  EXPECT_EQ(with_key(usual.probe, "every", "11s"), before);
  EXPECT_EQ(with_key(usual.probe, "timeout", "6s"), before);
  EXPECT_EQ(with_key(usual.probe, "refuse", "[no_token]"), before);
  EXPECT_EQ(with_key(usual.socket, "refused_by", "{ status: [401] }"), before);
  EXPECT_EQ(with_key(usual.defaults, "timeout", "6s"), before);
  EXPECT_NE(with_key(usual.socket, "token_in", "query"), before);
  EXPECT_NE(with_key(usual.probe, "token_in", "query"), before);
  EXPECT_NE(with_key(usual.login, "token", "/data/token"), before);
  EXPECT_NE(with_key(usual.target, "http", "http://127.0.0.1:10"), before);
  EXPECT_NE(with_key(usual.identity, "username", "bob@example.com"), before);
}

TEST_F(Plan, ATimeoutLongerThanTheIntervalIsAWarning) {
  const auto planned = with("login", {{"every", "5s"}, {"timeout", "6s"}});
  EXPECT_EQ(planned.wrong(), "");
  EXPECT_THAT(planned.warned(), HasSubstr("longer than every"));
  EXPECT_EQ(with("login", {{"every", "5s"}, {"timeout", "5s"}}).warned(), "");
  EXPECT_EQ(with("login", {{"every", "5s"}, {"timeout", "6s"}, {"in_flight", "2"}}).warned(), "");
}

TEST(PlanOfChats, WarnsOfTwoChatsOfOneUserAtOneAddress) {
  const auto warned = [](const std::string& other) {
    DefaultConfig usual("127.0.0.1:9");
    usual.kind("chat");
    std::string yaml = usual.yaml();
    const std::string probes = "probes: { ";
    yaml.insert(yaml.find(probes) + probes.size(),
                "q: { kind: chat, target: t, login: account, as: " + other +
                    ", socket: main, prompt: hello }, ");
    return plan(yaml).warned();
  };
  EXPECT_THAT(warned("alice"), HasSubstr("it chats as the same user as the probe 'q'"));
  EXPECT_EQ(warned("bob"), "");
}

TEST(PlanOfRefusals, WarnsOfALogoutOfAUserAsWhomAnotherProbeLogsIn) {
  const auto warned = [](const std::string& other, const std::string& checks) {
    DefaultConfig usual("127.0.0.1:9");
    usual.kind("upgrade");
    usual.probe["refuse"] = checks;
    usual.probe["logout"] = R"({ url: "{{target.http}}/logout" })";
    std::string yaml = usual.yaml();
    const std::string probes = "probes: { ";
    yaml.insert(yaml.find(probes) + probes.size(),
                "q: { kind: login, target: t, login: account, as: " + other + " }, ");
    return plan(yaml).warned();
  };
  EXPECT_THAT(warned("alice", "[logged_out]"),
              HasSubstr("logged_out logs out the user as whom the probe 'q' logs in"));
  EXPECT_THAT(warned("bob", "[logged_out]"), testing::Not(HasSubstr("logs out the user")));
  EXPECT_THAT(warned("alice", "[no_token]"), testing::Not(HasSubstr("logs out the user")));
}

}  // namespace
}  // namespace sonde::test::plan_test
