// That a password which one question refuses is not taken for accepted by another one, however much
// the two look alike.
#include "probes/session/question.hpp"

#include <gmock/gmock.h>

#include "tests/support/chat_target.hpp"

namespace sonde::test::question_test {
namespace {

constexpr char three[] = "{ after: 3, cooldown: 1h }";

// A call that is refused, and one that anybody may make.
struct Pair {
  std::string name;
  DefaultConfig::Keys closed, open;
  bool (*is_closed)(const Request& request);
};

bool by_query(const Request& request) { return request.target().contains("a=userinfo"); }
bool by_body(const Request& request) { return request.body.contains("me"); }
bool by_method(const Request& request) { return request.method() == "POST"; }
bool by_header(const Request& request) { return request.header("SOAPAction") == "whoami"; }

bool by_secret_header(const Request& request) { return request.header("X-Pin").empty(); }
bool by_cookie(const Request& request) { return request.header("Cookie").contains("zz="); }

const std::string api = R"("{{target.http}}/api")";

class TwoQuestions : public testing::TestWithParam<Pair> {};

TEST_P(TwoQuestions, WhatAnybodyMayAskDoesNotEndTheCountOfTheOther) {
  int refused = 0, taken = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    if (!GetParam().is_closed(request)) return ++taken, Script{answer(200, "public")};
    return ++refused, Script{answer(401)};
  }));
  Walker walker;
  for (int i = 0; i < 8; ++i)
    for (const DefaultConfig::Keys* keys : {&GetParam().closed, &GetParam().open}) {
      DefaultConfig usual(server.url(""));
      usual.kind("health");
      usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
      usual.target["lockout"] = three;
      merge(usual.probe, *keys);
      walker.walk(usual);
    }
  EXPECT_EQ(refused, 3);
  EXPECT_LE(taken, 3);
}

INSTANTIATE_TEST_SUITE_P(
    Question, TwoQuestions,
    testing::Values(
        Pair{"query",
             {{"url", R"("{{target.http}}/api.php?a=userinfo")"}},
             {{"url", R"("{{target.http}}/api.php?a=pub")"}},
             by_query},
        Pair{"body",
             {{"url", api}, {"method", "POST"}, {"body", R"('{"query":"{ me { id } }"}')"}},
             {{"url", api}, {"method", "POST"}, {"body", R"('{"query":"{ news }"}')"}},
             by_body},
        Pair{"method", {{"url", api}, {"method", "POST"}}, {{"url", api}}, by_method},
        Pair{"header",
             {{"url", api},
              {"headers", R"({ Authorization: "Basic {{identity.basic}}", SOAPAction: whoami })"}},
             {{"url", api},
              {"headers", R"({ Authorization: "Basic {{identity.basic}}", SOAPAction: news })"}},
             by_header},
        Pair{"secret_header",
             {{"url", api}},
             {{"url", api}, {"headers", R"({ X-Pin: "{{identity.password}}" })"}},
             by_secret_header},
        Pair{"cookie",
             {{"url", api}, {"headers", R"({ Cookie: "zz={{identity.password}}" })"}},
             {{"url", api}, {"headers", R"({ Cookie: "aa={{identity.password}}" })"}},
             by_cookie}),
    [](const auto& each) { return each.param.name; });

// A server that takes the password now and then.
struct Moody {
  bool open = false;
  int refused = 0;
  Server server{Handler([this](const Request&) -> Script {
    if (open) return {answer(200, "well")};
    return ++refused, Script{answer(401)};
  })};
};

TEST(Question, IsTheSameWhateverIsRandomInIt) {
  Moody moody;
  DefaultConfig usual(moody.server.url(""));
  usual.kind("health");
  usual.probe["url"] = R"("{{target.http}}/api?id={{uuid()}}")";
  usual.probe["method"] = "POST";
  usual.probe["body"] = R"('{"id":"{{nonce(12)}}"}')";
  usual.probe["headers"] =
      R"({ Authorization: "Basic {{identity.basic}}", X-Request-Id: "{{nonce(8)}}" })";
  usual.target["lockout"] = three;
  Walker walker;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 2; ++i) walker.walk(usual);
    moody.open = true;
    EXPECT_EQ(walker.walk(usual).verdict.outcome, Outcome::pass);
    moody.open = false;
  }
  EXPECT_EQ(moody.refused, 8);
}

// Whoever corrects the header is not held back for it any longer.
TEST(Question, IsTheSameWhereTheWayThatThePasswordTravelsIsCorrected) {
  Moody moody;
  DefaultConfig usual(moody.server.url(""));
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.password}}" })";
  usual.target["lockout"] = three;
  Walker walker;
  for (int i = 0; i < 2; ++i) walker.walk(usual);
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  moody.open = true;
  walker.walk(usual);
  moody.open = false;
  for (int i = 0; i < 5; ++i) walker.walk(usual);
  EXPECT_EQ(moody.refused, 2 + 3);
}

// An answer that the probe expects may be a refusal all the same.
TEST(Question, IsNotAcceptedByAnExpected403) {
  bool forbidden = false;
  int refused = 0;
  const Server server(Handler(
      [&](const Request&) -> Script { return ++refused, Script{answer(forbidden ? 403 : 401)}; }));
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.probe["expect"] = "{ status: 403 }";
  usual.target["lockout"] = three;
  Walker walker;
  for (int i = 0; i < 8; ++i) {
    forbidden = i % 2 == 1;
    walker.walk(usual);
  }
  EXPECT_EQ(refused, 5) << "three of them refuse";
}

// An endpoint that lets in visitors says nothing about the password.
TEST(Question, OfAnExperimentProvesNothing) {
  int refused = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    const bool shown = request.header("Authorization").starts_with("Basic ");
    if (request.target() == "/ws" && shown) return ++refused, Script{answer(401)};
    return {accept(), ready_message(), wait_for_close()};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("upgrade");
  usual.login = {{"method", "token"},
                 {"token", R"("{{identity.basic}}")"},
                 {"lockout", "{ after: 6, cooldown: 1h }"}};
  usual.socket["token_in"] = R"({ header: "Authorization: Basic {{token}}" })";
  Walker walker;
  for (int i = 0; i < 8; ++i) walker.walk_and_diagnose(usual, {.passed_lately = true});
  EXPECT_LE(refused, 6);
}

// Each target is asked for itself, also where they share the account.
TEST(Question, OfAnotherTargetIsAnother) {
  int refused = 0;
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.target().starts_with("/open")) return {answer(200, "well")};
    return ++refused, Script{answer(401)};
  }));
  DefaultConfig usual(server.url(""));
  usual.kind("health");
  usual.probe["url"] = R"("{{target.http}}{{target.path}}/me")";
  usual.probe["headers"] = R"({ Authorization: "Basic {{identity.basic}}" })";
  usual.target["lockout"] = three;
  Walker walker;
  for (int i = 0; i < 6; ++i)
    for (const char* path : {"/closed", "/open"}) {
      usual.target["vars"] = std::string("{ path: ") + path + " }";
      walker.walk(usual);
    }
  EXPECT_EQ(refused, 3);
}

}  // namespace
}  // namespace sonde::test::question_test
