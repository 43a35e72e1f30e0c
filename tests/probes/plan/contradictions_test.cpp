#include "probes/plan/contradictions.hpp"

#include <gmock/gmock.h>

#include "probes/plan/contradictions_events.hpp"
#include "tests/probes/plan/contradiction_rows.hpp"

namespace sonde::test::contradictions_test {
namespace {

using testing::HasSubstr;

using Row = Contradicting;

const std::string agent = "dialects: { d: { extends: agent-events, ";

TEST(Contradictions, TheUsualProbesHaveNone) {
  for (const char* kind : {"health", "login", "upgrade", "chat", "isolation"}) {
    const Planned planned = plan_of({kind, {}, ""});
    EXPECT_EQ(planned.wrong() + planned.warned(), "") << kind;
  }
}

TEST(Contradictions, EveryRowOfTheTableSaysWhatHasToHold) {
  for (const auto& rows : {plan::contradictions(), plan::event_contradictions(),
                           plan::isolation_contradictions(), plan::health_contradictions()})
    for (const auto& row : rows) EXPECT_GT(row.name.size(), 10U);
}

TEST(Contradictions, AChallengeThatIsAskedAndNotMadeIsAMistake) {
  expect_mistakes({
      {"chat",
       {{"prompt", R"("What is {{challenge}}?")"}, {"challenge", "none"}},
       "probes.p.prompt: it says {{challenge}}, but the probe has none"},
      {"chat",
       {{"prompt", "hello"}, {"challenge", "product"}},
       "probes.p.challenge: the prompt does not ask it"},
      {"chat",
       {{"dialect", "d"}},
       "probes.p.prompt: the dialect 'd' never sends it",
       agent + "send: { a: b } } }"},
      {"isolation",
       {{"dialect", "d"}},
       "the dialect 'd' never sends it",
       agent + "send: { a: b } } }"},
  });
}

TEST(Contradictions, AnAnswerThatCannotBeRightIsAMistake) {
  const auto chat = [](const std::string& answer, const std::string& told) {
    return Row{"chat", {{"prompt", "hello"}, {"challenge", "none"}, {"answer", answer}}, told};
  };
  expect_mistakes({
      chat("{ equals: abc, min_chars: 10 }", "probes.p.answer: what it has to equal is shorter"),
      chat("{ equals: abc, matches: [^x] }", "'matches' rules out what it has to equal"),
      chat("{ equals: abc, not_matches: [b] }", "'not_matches' rules out what it has to equal"),
      chat("{ matches: [x], not_matches: [x] }", "have the same pattern x"),
      chat("{ equals: hello you }", "never right, for the answer holds the prompt"),
      chat("{ equals: Task completed. }", "never right, for it matches"),
      {"chat",
       {{"dialect", "d"}},
       "does not say where the answer stands",
       R"(dialects: { d: { type: [/type], send: "{{prompt}}", events: { done: { terminal: ok } } } })"},
  });
  expect_right({chat("{ equals: abc, min_chars: 3, matches: [b], not_matches: [x] }", ""),
                chat("{ equals: hello you, may_contain_prompt: true }", "")});
}

TEST(Contradictions, AReadyMessageThatCannotComeIsAMistake) {
  const std::string taken =
      agent +
      "rules: [{ when: { type: ping }, ignore: true }], steps: [{ expect: { type: ping } }] } }";
  expect_mistakes({
      {"upgrade", {{"ready", "{ silent: true, type: x }"}}, "probes.p.ready: 'silent' says"},
      {"upgrade",
       {{"ready", "{ type: x, identity: { at: /u, equals: demo-1, never: [^demo] } }"}},
       "probes.p.ready.identity: 'never' excludes"},
      {"login",
       {{"identity", "{ at: /u, equals: demo-1, never: [^demo] }"}},
       "probes.p.identity: 'never' excludes"},
      {"upgrade",
       {{"dialect", "d"}, {"ready", "{ type: ping }"}},
       "probes.p.ready: a rule of the dialect 'd' takes 'ping' first",
       taken},
      {"upgrade",
       {{"dialect", "d"}},
       "probes.p.dialect: a rule of the dialect 'd' takes 'ping'",
       taken},
      {"chat",
       {{"dialect", "d"}},
       "takes 'agent_started' first",
       agent + "rules: [{ when: { type: agent_started }, ignore: true }] } }"},
  });
  EXPECT_THAT(plan_of({"upgrade", {{"ready", "{ type: x, within: 6s }"}}, ""}).warned(),
              HasSubstr("probes.p.ready.within: it (6s) is not shorter than the timeout (5s)"));
}

TEST(Contradictions, ASubprotocolThatIsNotOfferedIsAMistake) {
  expect_mistakes({
      {"upgrade",
       {{"subprotocols", "[a]"}, {"expect_subprotocol", "b"}},
       "probes.p.expect_subprotocol: 'b' is not offered"},
      {"upgrade", {{"expect_subprotocol", "b"}}, "'b' is not offered"},
      {"upgrade",
       {{"token_in", R"({ subprotocol: ["bearer.{{token}}", chat], expect: other })"}},
       "probes.p.token_in.expect: 'other' is not offered"},
  });
  expect_right({
      {"upgrade", {{"subprotocols", "[a, b]"}, {"expect_subprotocol", "b"}}, ""},
      {"upgrade",
       {{"token_in", R"({ subprotocol: ["bearer.{{token}}", chat], expect: chat })"}},
       ""},
      {"upgrade",
       {{"token_in", R"({ subprotocol: ["bearer.{{token}}"], expect: "bearer.{{token}}" })"}},
       ""},
  });
}

TEST(Contradictions, RefusalsThatNobodyCanSeeAreAMistake) {
  const DefaultConfig::Keys none = {
      {"dialect", "d"}, {"refuse", "[no_token]"}, {"refused_by", "{ status: [], close: [] }"}};
  const std::string bare = "dialects: { d: { type: [/type], ready: { type: hi } } }";
  expect_mistakes({
      {"upgrade", none, "probes.p.refused_by: nothing refuses", bare},
      {"upgrade",
       {{"refuse", "[no_token, garbage_token, no_token]"}},
       "probes.p.refuse: 'no_token' is listed twice"},
      {"upgrade",
       {{"refuse", "[no_token]"}, {"refused_by", "{ silence: 5s }"}},
       "probes.p.refused_by.silence: it (5s) is not shorter than the timeout (5s)"},
      {"upgrade",
       {{"refuse", "[no_token]"},
        {"refused_by", "{ silence: 1s }"},
        {"ready", "{ type: x, within: 5s }"}},
       "ready.within, for which it lasts as well (5s)"},
      {"upgrade",
       {{"refuse", "[logged_out]"}, {"logout", R"({ url: "{{target.http}}/out", within: 9s })"}},
       "probes.p.logout.within: it (9s)"},
      {"upgrade",
       {{"hold", "{ for: 1s, expect: { closed: [401] } }"}},
       "probes.p.hold.expect: Close codes are from 1000 to 4999"},
  });
  expect_right({{"upgrade",
                 {{"refuse", "[logged_out]"}, {"logout", R"({ url: "{{target.http}}/out" })"}},
                 ""}});
  EXPECT_THAT(plan_of({"upgrade",
                       {{"refuse", "[no_token]"}, {"logout", R"({ url: "{{target.http}}/out" })"}},
                       ""})
                  .warned(),
              HasSubstr("probes.p.logout: it has no effect without the refusal check logged_out"));
}

TEST(Contradictions, SessionsOfAUserThatCannotTellTheirEventsApartAreWarnedOf) {
  const auto warned = [](const DefaultConfig::Keys& keys) {
    return plan_of({"isolation", keys, ""}).warned();
  };
  EXPECT_THAT(warned({{"dialect", "signalr"}}), HasSubstr("'signalr' has no random id"));
  EXPECT_EQ(warned({{"dialect", "signalr"}, {"abort", "false"}}), "");
  EXPECT_EQ(warned({{"dialect", "phoenix"}}), "");
}

TEST(Contradictions, CrossAccessThatAsksForNothingOfTheOthersIsAMistake) {
  expect_mistakes({{"isolation",
                    {{"cross_access", R"({ url: "{{target.http}}/me" })"}},
                    "probes.p.cross_access: it asks for nothing of the other user's"}});
}

TEST(Contradictions, AHealthAnswerThatCannotBeRightIsAMistake) {
  const auto expecting = [](const std::string& expect, const std::string& told,
                            const DefaultConfig::Keys& keys = {}) {
    Row row{"health", {{"expect", expect}}, told};
    merge(row.probe, keys);
    return row;
  };
  expect_mistakes({
      expecting("{ json: { /a: b } }", "the answer to HEAD has no body", {{"method", "HEAD"}}),
      expecting("{ status: 204, json: { /a: b } }", "an answer of this status has no body"),
      expecting("{ body: { min_size: 10KB, max_size: 1KB } }", "min_size is greater than max_size"),
      expecting("{ body: { min_size: 10KB } }", "limits.body is smaller",
                {{"limits", "{ body: 1KB }"}}),
      expecting("{ body: { matches: [ok], not_matches: [ok] } }", "have the same pattern ok"),
      expecting(R"({ content_type: "application/json; charset=utf-8" })", "without parameters"),
      expecting("{ status: [301, 302] }", "redirects are followed",
                {{"redirects", "{ follow: true }"}}),
      expecting("{ json: { /a: { min: 5, max: 1 } } }",
                "probes.p.expect.json./a: no number is at least 5 and at most 1"),
  });
  expect_right({expecting("{ status: [200, 204], json: { /a: { min: 1, max: 5 } } }", "")});
  EXPECT_THAT(plan_of(expecting("{ max_latency: 5s }", "")).warned(),
              HasSubstr("probes.p.expect.max_latency: it (5s) is not shorter than the timeout"));
}

TEST(Contradictions, WhatTheUpgradeSendsItselfIsAMistake) {
  expect_mistakes({
      {"upgrade", {{"headers", "{ Upgrade: websocket }"}}, "the upgrade sends 'Upgrade' itself"},
      {"upgrade",
       {{"token_in", R"({ header: "X-Key: abc" })"}, {"refuse", "[no_token]"}},
       "'X-Key: abc' carries no token"},
  });
  EXPECT_THAT(plan_of({"upgrade", {{"headers", "{ authorization: x }"}}, ""}).warned(),
              HasSubstr("'authorization' is sent twice"));
  EXPECT_THAT(plan_of({"upgrade", {{"token_in", R"({ query: "a=b" })"}}, ""}).warned(),
              HasSubstr("'a=b' carries no token"));
}

TEST(Contradictions, ARefreshTokenOfALoginThatHasNoneIsAMistake) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.login = {{"method", "token"}, {"token", "{ env: HOME }"}};
  usual.probe["refuse"] = "[refresh_as_access]";
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("needs a refresh token"));
}

TEST(Contradictions, KeysThatVerifyNoneOfTheAlgorithmsAreAMistake) {
  const auto mistakes = [](const std::string& jwt) {
    DefaultConfig usual("127.0.0.1:9");
    usual.kind("login");
    usual.login["jwt"] = jwt;
    return plan(usual.yaml()).wrong();
  };
  const std::string jwks = R"(jwks: "{{target.auth}}/jwks")", secret = "secret: { env: HOME }";
  EXPECT_THAT(mistakes("{ algorithms: [HS256], " + jwks + " }"),
              HasSubstr("logins.account.jwt.algorithms: published keys (jwks) verify no HS256"));
  EXPECT_THAT(mistakes("{ algorithms: [RS256], " + secret + " }"),
              HasSubstr("a 'secret' verifies"));
  EXPECT_EQ(mistakes("{ algorithms: [HS256, RS256], " + jwks + " }"), "");
  EXPECT_EQ(mistakes("{ algorithms: [HS256], " + secret + " }"), "");
  EXPECT_EQ(mistakes("{ " + jwks + " }"), "");
  EXPECT_EQ(mistakes("{ algorithms: [HS256] }"), "");
}

TEST(Contradictions, ANameThatOnlyADefaultSaysIsExplained) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  usual.login = {{"method", "client_credentials"}, {"url", R"("{{target.auth}}/token")"}};
  EXPECT_THAT(
      plan(usual.yaml()).wrong(),
      HasSubstr("{{identity.client_id}} is not known on target 't'; the identity 'alice' has "
                "no 'client_id', which the login 'account' takes by default"));
}

}  // namespace
}  // namespace sonde::test::contradictions_test
