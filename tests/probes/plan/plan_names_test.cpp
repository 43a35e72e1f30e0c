#include "probes/plan/plan_names.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/probe_run.hpp"

namespace sonde::test::plan_names_test {
namespace {

using testing::HasSubstr;
using testing::Not;

// What is wrong with the usual file of a kind, with other keys of its probe.
class PlanNames : public testing::Test {
 protected:
  std::string wrong(std::string_view kind, const DefaultConfig::Keys& probe = {}) {
    usual.kind(kind);
    for (const auto& [name, value] : probe) usual.probe[name] = value;
    return plan(usual.yaml()).wrong();
  }
  DefaultConfig usual{"127.0.0.1:9"};
};

TEST_F(PlanNames, AllThatAProbeNamesIsLookedForWhateverElseIsWrong) {
  const std::string told = wrong("chat", {{"target", "[t, staging]"},
                                          {"socket", "mian"},
                                          {"login", "acount"},
                                          {"as", "alcie"},
                                          {"every", "30"},
                                          {"prompt", ""},
                                          {"promt", "hello"}});
  EXPECT_THAT(told, HasSubstr("probes.p.target: there is no 'staging'"));
  EXPECT_THAT(told, HasSubstr("probes.p.socket: there is no 'mian'; did you mean 'main'?"));
  EXPECT_THAT(told, HasSubstr("probes.p.login: there is no 'acount'; did you mean 'account'?"));
  EXPECT_THAT(told, HasSubstr("probes.p.as: there is no 'alcie'; did you mean 'alice'?"));
  EXPECT_THAT(told, HasSubstr("probes.p.every: a duration such as 15s is expected"));
  EXPECT_THAT(told, HasSubstr("probes.p.prompt: this key is required"));
  EXPECT_THAT(told, HasSubstr("probes.p.promt: unknown key; did you mean 'prompt'?"));
  EXPECT_EQ(std::ranges::count(told, '\n'), 7) << told;
}

TEST_F(PlanNames, OfAnUnknownKindAsWell) {
  EXPECT_THAT(wrong("login", {{"kind", "logn"}, {"login", "acount"}}),
              HasSubstr("probes.p.login: there is no 'acount'"));
}

TEST_F(PlanNames, OfTheDefaultsIsToldOnceAndThere) {
  usual.defaults["login"] = "acount";
  usual.kind("login");
  usual.probe["target"] = "[t, u]";
  usual.target["http"] = "http://127.0.0.1:9";
  const std::string told = plan(usual.yaml()).wrong();
  EXPECT_THAT(told, HasSubstr("defaults.login: there is no 'acount'; did you mean 'account'?"));
  EXPECT_THAT(told, Not(HasSubstr("probes.p.login")));
}

TEST_F(PlanNames, WhatIsNoNameIsToldAsThat) {
  const std::string told = wrong("upgrade", {{"socket", "{ url: x }"}, {"as", "[alice, bob]"}});
  EXPECT_THAT(told, HasSubstr("probes.p.socket: a text is expected"));
  EXPECT_THAT(told, HasSubstr("probes.p.as: a text is expected"));
  EXPECT_THAT(told, Not(HasSubstr("there is no ''")));
}

TEST_F(PlanNames, AnIdentityOfTheTargetsOwnIsKnown) {
  usual.target["identities"] = "{ carol: { username: carol } }";
  EXPECT_THAT(wrong("health", {{"as", "carol"}}), "");
  EXPECT_THAT(wrong("health", {{"as", "carl"}}), HasSubstr("probes.p.as: there is no 'carl'"));
}

// A repeat in a list makes two checks, two series, or two of whatever the list is of.
TEST_F(PlanNames, ThatAreInAListTwiceAreAMistake) {
  EXPECT_THAT(wrong("health", {{"target", "[t, t]"}}),
              HasSubstr("probes.p.target: 't' is listed twice; remove one"));
  EXPECT_THAT(wrong("upgrade", {{"refuse", "[no_token, garbage_token, no_token]"}}),
              HasSubstr("probes.p.refuse: 'no_token' is listed twice"));
  EXPECT_THAT(wrong("upgrade", {{"subprotocols", "[chat, chat]"}}),
              HasSubstr("'chat' is listed twice"));
  EXPECT_EQ(wrong("health", {{"target", "[t]"}}), "");
}

TEST_F(PlanNames, OfUsersAndSessionsMayBeInAListTwice) {
  EXPECT_EQ(wrong("login", {{"parallel", "4"}, {"users", "[bob, bob]"}}), "");
  EXPECT_THAT(wrong("isolation", {{"sessions", "[alice, alice, bob]"}}),
              Not(HasSubstr("listed twice")));
}

}  // namespace
}  // namespace sonde::test::plan_names_test
