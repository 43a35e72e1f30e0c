#include <gmock/gmock.h>

#include <set>

#include "probes/session/shared.hpp"
#include "probes/text/template.hpp"
#include "tests/support/chat_target.hpp"
#include "tests/support/signer.hpp"

// Each refusal check against a server that is strict, and against one that overlooks just that.
namespace sonde::test::refuse_matrix_test {
namespace {

using testing::HasSubstr;
std::string unsigned_jwt() {
  return text::base64url(R"({"alg":"RS256","typ":"JWT"})") + "." +
         text::base64url(R"({"sub":"alice","exp":4000000000})") + "." +
         text::base64url(std::string(256, 's'));
}

// What a server sees of whoever comes, and what it knows.
struct Guard {
  std::string token = unsigned_jwt();
  bool careless = false;
  bool out = false;  // the token was given back
  std::vector<std::string> tokens = {}, origins = {};
};
using GuardPtr = std::shared_ptr<Guard>;

std::string pair_of(const std::string& token) {
  return R"({"access_token":")" + token + R"(","refresh_token":"refresh-token-4711"})";
}

std::string keys() {
  return R"({"keys":[{"kty":"RSA","n":")" + text::base64url(std::string(256, '\xb5')) +
         R"(","e":"AQAB"}]})";
}

Script upgrade(const GuardPtr& guard, const Request& request) {
  const std::string shown = request.header("Authorization");
  const bool elsewhere = request.target().contains("token=");
  guard->tokens.push_back(shown);
  guard->origins.push_back(request.header("Origin"));
  const bool good = shown == "Bearer " + guard->token && !guard->out &&
                    request.header("Origin") != "https://sonde.invalid";
  if (good || (guard->careless && (!shown.empty() || elsewhere)))
    return {accept(), ready_message(), wait_for_close()};
  return {json(401, "{}")};
}

Script serve(const GuardPtr& guard, const Request& request) {
  if (request.target() == "/auth/login") {
    guard->out = false;
    return {json(200, pair_of(guard->token))};
  }
  if (request.target() == "/other/login") return {json(200, granted("for-somebody-else"))};
  if (request.target() == "/jwks") return {json(200, keys())};
  if (request.target() == "/logout") {
    guard->out = true;
    return {json(200, "{}")};
  }
  return upgrade(guard, request);
}

const DefaultConfig::Keys needs = {{"logout", R"({ url: "{{target.http}}/logout" })"},
                                   {"jwks", R"("{{target.http}}/jwks")"}};

void ask(DefaultConfig& usual, const std::string& checks) {
  usual.kind("upgrade");
  merge(usual.probe, needs);
  usual.probe["refuse"] = checks;
  usual.socket["ready"] = "{ type: connection_established, within: 150ms }";
}

ProbeRun check(const GuardPtr& guard, const std::string& checks,
               const Attempt& attempt = {.seed = 7}) {
  const Server server(Handler(std::bind_front(serve, guard)));
  DefaultConfig usual(server.url(""));
  ask(usual, checks);
  return walk(usual, attempt);
}

class Refusals : public testing::TestWithParam<std::string> {};

TEST_P(Refusals, PassAgainstAStrictServer) {
  const ProbeRun walked = check(std::make_shared<Guard>(), "[" + GetParam() + "]");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(walked.trace->auth().size(), 2U) << "they never touch the auth rate";
}

TEST_P(Refusals, FindAServerThatOverlooksIt) {
  const auto guard = std::make_shared<Guard>(Guard{.careless = true});
  const ProbeRun walked = check(guard, "[" + GetParam() + "]");
  EXPECT_EQ(walked.verdict.step, Step::refuse);
  EXPECT_EQ(walked.verdict.reason, Reason::auth_fail_open) << walked.show();
  EXPECT_THAT(walked.verdict.detail, testing::StartsWith(GetParam() + ": "));
}

TEST_P(Refusals, ShowNoToken) {
  const auto guard = std::make_shared<Guard>(Guard{.careless = true});
  const ProbeRun walked = check(guard, "[" + GetParam() + "]");
  for (const auto& exchange : walked.trace->exchanges()) {
    std::string all = exchange.url + exchange.sent_body + exchange.body;
    for (const auto& [name, value] : exchange.sent) all += value;
    EXPECT_EQ(all.find(guard->token), std::string::npos);
    EXPECT_EQ(all.find("eyJhbGci"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Matrix, Refusals,
                         testing::Values("garbage_token", "expired_token", "bad_signature",
                                         "alg_none", "hs256_confusion", "refresh_as_access",
                                         "logged_out", "foreign_origin", "wrong_place"),
                         [](const auto& each) { return each.param; });

std::string state_of(const ProbeRun& walked, std::string_view check) {
  for (const auto& note : walked.trace->refusals)
    if (note.check == check) return std::string(name(note.state)) + ": " + note.why;
  return "none";
}

TEST(Refusal, WhatCameOfEachCheckIsNoted) {
  const ProbeRun strict = check(std::make_shared<Guard>(), "[no_token, bad_signature]");
  EXPECT_EQ(state_of(strict, "no_token"), "refused: ");
  EXPECT_EQ(state_of(strict, "bad_signature"), "refused: ");
  const auto careless = std::make_shared<Guard>(Guard{.careless = true});
  EXPECT_THAT(state_of(check(careless, "[bad_signature]"), "bad_signature"),
              HasSubstr("failed: bad_signature: the endpoint welcomes a forged token"));
}

TEST(Refusal, AnExpiredTokenThatThereIsNotIsNotPerformedAndNotRefused) {
  const ProbeRun forged = check(std::make_shared<Guard>(), "[expired_token]");
  EXPECT_EQ(forged.verdict.outcome, Outcome::pass) << forged.show();
  EXPECT_EQ(state_of(forged, "expired_token"),
            "not_performed: no token of ours has expired yet, so a forged one was tried");
  const auto opaque = std::make_shared<Guard>(Guard{.token = "opaque-token-4711"});
  const ProbeRun untried = check(opaque, "[expired_token]");
  EXPECT_EQ(untried.verdict.outcome, Outcome::pass) << untried.show();
  EXPECT_EQ(state_of(untried, "expired_token"), "not_performed: no token of ours has expired yet");
  EXPECT_EQ(opaque->tokens.size(), 1U) << "nothing was sent in its place";
}

TEST(Refusal, ACheckThatCannotBeMadeIsNotPerformed) {
  const auto guard = std::make_shared<Guard>(Guard{.token = "opaque-token-4711"});
  EXPECT_THAT(state_of(check(guard, "[bad_signature]"), "bad_signature"),
              HasSubstr("not_performed: it cannot be made of this token"));
}

TEST(Refusal, AllOfThemAreMadeOverConnectionsOfTheirOwn) {
  const auto guard = std::make_shared<Guard>();
  const ProbeRun walked = check(guard, "[no_token, expired_token, bad_signature, alg_none]");
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_EQ(std::set<std::string>(guard->tokens.begin(), guard->tokens.end()).size(), 5U);
}

TEST(Refusal, InItsTurnOneOfThemIsMade) {
  for (std::uint32_t turn = 0; turn < 4; ++turn) {
    const auto guard = std::make_shared<Guard>();
    const ProbeRun walked =
        check(guard, "[no_token, garbage_token]", {.seed = 7, .refusal_turn = turn});
    EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
    ASSERT_EQ(guard->tokens.size(), 3U) << "and the control";
    EXPECT_EQ(guard->tokens[1].empty(), turn % 2 == 0);
  }
}

TEST(Refusal, TheKeysOfTheLoginServeToConfuseTheServer) {
  const Signer signer("RS256");
  const auto guard = std::make_shared<Guard>(Guard{.token = signer.fresh(), .careless = true});
  const Server server(Handler([&](const Request& request) -> Script {
    if (request.target() == "/jwks") return {json(200, signer.jwks())};
    return serve(guard, request);
  }));
  DefaultConfig usual(server.url(""));
  ask(usual, "[hs256_confusion]");
  usual.probe.erase("jwks");
  EXPECT_THAT(plan(usual.yaml()).wrong(), HasSubstr("hs256_confusion needs 'jwks'"));
  usual.login["jwt"] = R"({ jwks: "{{target.auth}}/jwks" })";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::auth_fail_open) << walked.show();
}

TEST(Refusal, ATokenThatTheServerIssuedAndThatExpiredIsShownWhereThereIsOne) {
  const auto guard = std::make_shared<Guard>(Guard{.careless = true});
  bool refuses = true;
  const Server server(Handler([&](const Request& request) -> Script {
    if (refuses && request.target() == "/auth/login") return {json(401, "{}")};
    return serve(guard, request);
  }));
  DefaultConfig usual(server.url(""));
  ask(usual, "[expired_token]");
  Walker walker;
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials);
  refuses = false;
  EXPECT_THAT(walker.walk(usual).verdict.detail, HasSubstr("(a forged one)"));
  refuses = true;
  usual.probe["reuse"] = "0%";
  EXPECT_EQ(walker.walk(usual).verdict.reason, Reason::credentials);
  auth::TokenCache& token_cache = walker.shared().token_cache;
  token_cache.cached(account_in(usual, token_cache.refused().front()), Clock::now()).aged =
      auth::ExpiringToken{"a-token-of-yesterday", Clock::now() - std::chrono::minutes(7)};
  refuses = false;
  EXPECT_THAT(walker.walk(usual).verdict.detail, HasSubstr("(issued once, expired 7 min ago)"));
  EXPECT_EQ(guard->tokens.back(), "Bearer a-token-of-yesterday");
}

TEST(Refusal, ALoginWithoutRefreshTokenHasNoneToMisuse) {
  const Server server(after_login({accept(), ready_message(), wait_for_close()}));
  DefaultConfig usual(server.url(""));
  ask(usual, "[refresh_as_access]");
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.reason, Reason::refusal_unclear) << walked.show();
  EXPECT_EQ(state_of(walked, "refresh_as_access"),
            "not_performed: the login gives no refresh token");
}

// Whoever shows the good token anywhere is welcome; a careless server welcomes everybody.
ProbeRun carry(const std::string& placement, bool careless) {
  const Server server(Handler([careless](const Request& request) -> Script {
    if (request.target() == "/auth/login") return {json(200, granted("the-granted-token"))};
    const std::string offered = request.header("Sec-WebSocket-Protocol");
    const Headers selected = {{"Sec-WebSocket-Protocol", offered}};
    if (careless || request.head.contains("the-granted-token"))
      return {accept(offered.empty() ? Headers() : selected), ready_message(), wait_for_close()};
    return {json(401, "{}")};
  }));
  DefaultConfig usual(server.url(""));
  ask(usual, "[no_token, garbage_token]");
  usual.socket["token_in"] = placement;
  return walk(usual);
}

TEST(Refusal, IsWantedOfEveryCarrierOfTheToken) {
  for (const std::string placement :
       {"header", "query", R"({ cookie: "token={{token}}" })", "subprotocol"}) {
    const ProbeRun strict = carry(placement, false);
    EXPECT_EQ(strict.verdict.outcome, Outcome::pass) << placement << ": " << strict.show();
    const ProbeRun careless = carry(placement, true);
    EXPECT_EQ(careless.verdict.reason, Reason::auth_fail_open) << placement << careless.show();
  }
}

TEST(Refusal, AForeignOriginIsTheOnlyOne) {
  const auto guard = std::make_shared<Guard>();
  check(guard, "[foreign_origin]");
  EXPECT_THAT(guard->origins, testing::ElementsAre("", "https://sonde.invalid", ""));
}

TEST(Refusal, ATokenThatIsNoJwtCannotBeForgedWhichIsSaid) {
  const auto guard = std::make_shared<Guard>(Guard{.token = "opaque-token-4711"});
  const ProbeRun walked = check(guard, "[bad_signature]");
  EXPECT_EQ(walked.verdict.reason, Reason::refusal_unclear) << walked.show();
  EXPECT_THAT(walked.verdict.detail, HasSubstr("bad_signature: it cannot be made of this token"));
}

TEST(Refusal, ATokenOfAnotherLoginMustBeRefused) {
  for (const bool careless : {false, true}) {
    const auto guard = std::make_shared<Guard>(Guard{.careless = careless});
    const Server server(Handler(std::bind_front(serve, guard)));
    DefaultConfig usual(server.url(""));
    ask(usual, "[wrong_audience]");
    usual.probe["other_login"] = "account2";
    std::string yaml = usual.yaml();
    const std::string logins = "logins: { ";
    yaml.insert(
        yaml.find(logins) + logins.size(),
        R"(account2: { method: json, url: "{{target.auth}}/other/login", body: { a: b } }, )");
    const ProbeRun walked = walk(plan(yaml).check("p"));
    EXPECT_EQ(name(walked.verdict.reason), careless ? "auth_fail_open" : "ok") << walked.show();
    EXPECT_EQ(guard->tokens.at(1), "Bearer for-somebody-else");
  }
}

std::string mistakes(const std::string& checks, const DefaultConfig::Keys& socket = {}) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.probe["refuse"] = checks;
  merge(usual.socket, socket);
  return plan(usual.yaml()).wrong();
}

TEST(RefusalPlan, ACheckThatCannotBeMadeIsAMistake) {
  EXPECT_THAT(mistakes("[hs256_confusion]"), HasSubstr("needs 'jwks'"));
  EXPECT_THAT(mistakes("[wrong_audience]"), HasSubstr("needs 'other_login'"));
  EXPECT_THAT(mistakes("[logged_out]"), HasSubstr("needs 'logout'"));
  EXPECT_THAT(mistakes("[no_token]", {{"token_in", "none"}}), HasSubstr("carries no token"));
  EXPECT_EQ(mistakes("[foreign_origin]", {{"token_in", "none"}}), "");
}

TEST(RefusalPlan, AnotherLoginThatIsNotThereIsAMistake) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("upgrade");
  usual.probe["refuse"] = "[wrong_audience]";
  usual.probe["other_login"] = "acount";
  EXPECT_THAT(plan(usual.yaml()).wrong(),
              HasSubstr("probes.p.other_login: there is no 'acount'; did you mean 'account'?"));
}

}  // namespace
}  // namespace sonde::test::refuse_matrix_test
