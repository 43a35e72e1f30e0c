#include <gmock/gmock.h>

#include <map>
#include <set>

#include "probes/login/double_refresh.hpp"
#include "probes/login/logins_at_once.hpp"
#include "probes/login/token_use.hpp"
#include "tests/probes/scenarios/scenario.hpp"
#include "tests/support/provider.hpp"
#include "tests/support/signer.hpp"

// Services that many log in to at once, and what becomes of their tokens.
namespace sonde::test::parallel_scenarios_test {
namespace {

using enum Reason;
using namespace std::chrono_literals;

struct Manners {
  enum class Give : std::uint8_t { own, one_for_all, one_jti, one_user, opaque };
  Give give = Give::own;
  int refuse_from = 1000;               // the logins from that one on get a 500
  Span reuse_refused{};                 // a token is refused within that time of another use
  bool no_rest = false, no_ws = false;  // refuses every token there
  bool rest_fails = false;              // 500
  login::DoubleRefresh twice = login::DoubleRefresh::one_wins;
  bool refresh_fails = false;
  bool no_refresh_token = false;
};

// Its handler runs on one thread.
class Issuer {
 public:
  explicit Issuer(Manners manners) : manners_(manners) {}

  Script serve(const Request& request) {
    if (request.target() == "/auth/login")
      return log_in(request.body.contains("bob@") ? "bob" : "alice");
    if (request.target() == "/auth/refresh") return refresh(request);
    const bool plain = request.target() == "/me";
    if (plain && manners_.rest_fails) return {json(500, "{}")};
    if ((plain && manners_.no_rest) || (!plain && manners_.no_ws) || is_reused(request))
      return {json(401, R"({"detail":"Token reuse detected"})")};
    if (plain) return {json(200, "{}")};
    return {accept(), ready_message(), wait_for_close()};
  }

 private:
  using Give = Manners::Give;

  std::string token_of(const std::string& user) {
    const bool same = manners_.give == Give::one_for_all;
    if (same || manners_.give == Give::opaque)
      return "opaque-token-" + (same ? std::string("1") : std::to_string(logins_));
    const std::string id = manners_.give == Give::one_jti ? "1" : std::to_string(logins_);
    const std::string sub = manners_.give == Give::one_user ? "alice" : user;
    return signer_.fresh(R"("sub":")" + sub + R"(@example.com","jti":"id-)" + id + '"');
  }

  Script log_in(const std::string& user) {
    if (++logins_ >= manners_.refuse_from) return {json(500, R"({"detail":"pool exhausted"})")};
    return {json(200, tokens(user))};
  }

  std::string tokens(const std::string& user) {
    std::string refresh;
    if (!manners_.no_refresh_token) {
      refresh = "refresh-token-" + std::to_string(++refreshes_);
      good_.insert(refresh);
    }
    return R"({"access_token":")" + token_of(user) + R"(","refresh_token":")" + refresh + "\"}";
  }

  Script refresh(const Request& request) {
    if (manners_.refresh_fails) return {json(500, "{}")};
    const std::string token = parameters(request.body)["refresh_token"];
    const bool known = good_.contains(token);
    if (!known && manners_.twice == login::DoubleRefresh::family_revoked) good_.clear();
    if (!known) return {json(400, R"({"error":"invalid_grant"})")};
    if (manners_.twice != login::DoubleRefresh::both_ok) good_.erase(token);
    return {json(200, tokens("alice"))};
  }

  bool is_reused(const Request& request) {
    const Instant now = Clock::now();
    const auto [use, first] = used_.try_emplace(request.header("Authorization"), now);
    const bool reused = !first && now - use->second < manners_.reuse_refused;
    use->second = now;
    return reused;
  }

  Manners manners_;
  Signer signer_;
  int logins_ = 0, refreshes_ = 0;
  std::set<std::string> good_;
  std::map<std::string, Instant> used_;
};

Script serve(const std::shared_ptr<Issuer>& issuer, const Request& request) {
  return issuer->serve(request);
}

void refresh_by_form(DefaultConfig& usual) {
  usual.login = {{"method", "refresh"},
                 {"url", R"("{{target.auth}}/auth/refresh")"},
                 {"client_id", "web"},
                 {"login", R"({ method: json, url: "{{target.auth}}/auth/login", body: {} })"}};
}

ProbeRun at_once(const Manners& manners, const DefaultConfig::Keys& keys) {
  const Server server(Handler(std::bind_front(serve, std::make_shared<Issuer>(manners))));
  DefaultConfig usual(server.url(""));
  usual.kind("login");
  usual.probe["parallel"] = "4";
  merge(usual.probe, keys);
  if (keys.contains("refresh")) refresh_by_form(usual);
  usual.socket["rest"] = R"("{{target.http}}/me")";
  return walk(usual);
}

const DefaultConfig::Keys two_users = {{"users", "[bob]"}};
const DefaultConfig::Keys whose = {
    {"users", "[bob]"}, {"identity", R"({ at: /sub, equals: "{{identity.username}}" })"}};
const DefaultConfig::Keys in_use = {{"socket", "main"}};
DefaultConfig::Keys twice(const std::string& policy) {
  return {{"refresh", "{ double: " + policy + " }"}};
}

Scenario parallel(std::string name, Reason reason, std::string detail, Manners manners,
                  DefaultConfig::Keys keys = {}) {
  return {std::move(name), Step::login, reason, std::move(detail),
          std::bind_front(at_once, manners, std::move(keys))};
}

}  // namespace

Scenarios parallel_scenarios() {
  using Give = Manners::Give;
  return {
      parallel("OneOfFourLoginsAtOnceThatFails", server_error, "3 of 4 logins at once succeeded",
               {.refuse_from = 4}),
      parallel("OneTokenForSeveralUsers", token_shared, "alice-1 and bob-1 got the same token",
               {.give = Give::one_for_all}, two_users),
      parallel("OneTokenForSeveralLoginsOfAUser", token_shared, "alice-1 and alice-2",
               {.give = Give::one_for_all}),
      parallel("OneJtiForSeveralTokens", token_shared, "the same jti", {.give = Give::one_jti}),
      parallel("ATokenOfAnotherUser", identity_mismatch, "bob-1: the server takes us for",
               {.give = Give::one_user}, whose),
      parallel("AnOpaqueTokenThatNamesNobody", token_malformed, "no JWT", {.give = Give::opaque},
               whose),
      parallel("ATokenThatIsRefusedASecondTime", token_reuse_rejected, "alone it is good",
               {.reuse_refused = 1s}, in_use),
      parallel("ATokenThatAPlainRequestRefuses", token_refused, "alone: HTTP 401",
               {.no_rest = true}, in_use),
      parallel("ATokenThatAnUpgradeRefuses", socket_unauthorized, "alone: HTTP 401",
               {.no_ws = true}, in_use),
      parallel("ARefreshRaceThatBothWin", refresh_race, "both were given tokens, wanted one_wins",
               {.twice = login::DoubleRefresh::both_ok}, twice("one_wins")),
      parallel("ARefreshRaceThatRevokesTheFamily", refresh_race,
               "its new refresh token is refused, wanted one_wins",
               {.twice = login::DoubleRefresh::family_revoked}, twice("one_wins")),
      parallel("ARefreshRaceThatRevokesNothing", refresh_race, "works, wanted family_revoked", {},
               twice("family_revoked")),
      parallel("ARefreshThatFails", server_error, "HTTP 500", {.refresh_fails = true},
               twice("one_wins")),
      parallel("ALoginWithoutRefreshToken", answer_incomplete, "no refresh token",
               {.no_refresh_token = true}, twice("one_wins")),
  };
}

Scenarios unclear_uses() {
  return {parallel("AUseThatFailsOtherwise", reuse_unclear, "a plain request with the token failed",
                   {.rest_fails = true}, in_use)};
}

namespace {

std::string passes(const Manners& manners, const DefaultConfig::Keys& keys) {
  const ProbeRun walked = at_once(manners, keys);
  return walked.verdict.outcome == Outcome::pass ? "" : walked.show();
}

TEST(Parallel, LoginsAtOnceOfSeveralUsersPassWhereEachGetsATokenOfItsOwn) {
  EXPECT_EQ(passes({}, whose), "");
}

TEST(Parallel, OneUserMayGetOneTokenWhereThatIsTheRule) {
  const Manners one{.give = Manners::Give::one_for_all};
  EXPECT_EQ(passes(one, {{"same_user", "allow"}}), "");
  EXPECT_NE(passes(one, {{"same_user", "allow"}, {"users", "[bob]"}}), "");
}

TEST(Parallel, ATokenIsUsedInTwoPlacesAtOnce) {
  EXPECT_EQ(passes({}, in_use), "");
  EXPECT_EQ(passes({}, {{"socket", "main"}, {"parallel", "1"}}), "");
}

TEST(Parallel, EachPolicyOfADoubleRefreshHoldsWhereItIsKept) {
  EXPECT_EQ(passes({.twice = login::DoubleRefresh::one_wins}, twice("one_wins")), "");
  EXPECT_EQ(passes({.twice = login::DoubleRefresh::both_ok}, twice("both_ok")), "");
  EXPECT_EQ(passes({.twice = login::DoubleRefresh::family_revoked}, twice("family_revoked")), "");
}

TEST(Parallel, TheLoginsAreOneSampleOfTheAuthRate) {
  const ProbeRun good = at_once({}, {});
  ASSERT_EQ(good.trace->auth().size(), 1U);
  EXPECT_TRUE(good.trace->auth().front().succeeded);
  const ProbeRun bad = at_once({.refuse_from = 4}, {});
  ASSERT_EQ(bad.trace->auth().size(), 1U);
  EXPECT_FALSE(bad.trace->auth().front().succeeded);
}

TEST(Parallel, ATokenThatNobodyWasAskedForIsNoSample) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  const std::string token = Signer().fresh(R"("sub":"alice")");
  usual.login = {{"method", "token"},
                 {"token", "{ file: " + usual.folder.write("token", token) + " }"}};
  usual.probe["identity"] = "{ at: /sub, equals: alice }";
  const ProbeRun walked = walk(usual);
  EXPECT_EQ(walked.verdict.outcome, Outcome::pass) << walked.show();
  EXPECT_TRUE(walked.trace->auth().empty());
}

TEST(Parallel, NoTokenReachesTheTrace) {
  const ProbeRun walked = at_once({.give = Manners::Give::opaque}, in_use);
  for (const auto& exchange : walked.trace->exchanges()) {
    EXPECT_EQ(exchange.body.find("opaque-token"), std::string::npos) << exchange.body;
    for (const auto& [name, value] : exchange.sent)
      EXPECT_EQ(value.find("opaque-token"), std::string::npos) << name;
  }
}

std::string mistakes(const DefaultConfig::Keys& keys, const DefaultConfig::Keys& login = {}) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  merge(usual.probe, keys);
  merge(usual.login, login);
  return plan(usual.yaml()).wrong();
}

TEST(ParallelPlan, ASocketNeedsAnAddressForThePlainRequest) {
  EXPECT_THAT(mistakes(in_use), testing::HasSubstr("the socket 'main' has no 'rest'"));
}

TEST(ParallelPlan, EveryUserLogsIn) {
  EXPECT_THAT(mistakes({{"users", "[bob]"}}), testing::HasSubstr("parallel is 1"));
  EXPECT_EQ(mistakes({{"users", "[bob]"}, {"parallel", "2"}}), "");
  EXPECT_THAT(mistakes({{"users", "[bop]"}, {"parallel", "2"}}),
              testing::HasSubstr("there is no 'bop'; did you mean 'bob'?"));
}

TEST(ParallelPlan, ADoubleRefreshNeedsALoginThatSaysHowOneIsMade) {
  EXPECT_THAT(mistakes(twice("one_wins")), testing::HasSubstr("of method refresh"));
  EXPECT_THAT(mistakes(twice("no_wins")), testing::HasSubstr("one_wins"));
}

TEST(ParallelPlan, AStaticTokenIsNoLogin) {
  const Folder folder;
  const std::string token = "{ file: " + folder.write("token", "opaque-token") + " }";
  EXPECT_THAT(mistakes({{"parallel", "4"}},
                       {{"method", "token"}, {"url", ""}, {"body", ""}, {"token", token}}),
              testing::HasSubstr("no token of its own each time"));
}

TEST(ParallelPlan, MoreLoginsAtOnceThanTheLockoutAllowsAreUnwise) {
  DefaultConfig usual("127.0.0.1:9");
  usual.kind("login");
  usual.probe["parallel"] = "12";
  EXPECT_THAT(plan(usual.yaml()).warned(), testing::HasSubstr("lockout.after (10)"));
}

Verdict good() { return Verdict::pass(); }
Verdict bad(Reason reason) { return Verdict::of(Step::upgrade, {reason, "no"}); }

std::string judged(const login::TokenUses& uses) {
  const auto failure = judge_uses(uses);
  return failure ? std::string(name(failure->reason)) : "none";
}

TEST(TokenUse, IsJudgedByWhatTheRefusedOneIsAlone) {
  EXPECT_EQ(judged({good(), good(), {}, {}}), "none");
  EXPECT_EQ(judged({bad(unauthorized), good(), good(), {}}), "token_reuse_rejected");
  EXPECT_EQ(judged({good(), bad(auth_rejected_after_accept), {}, good()}), "token_reuse_rejected");
  EXPECT_EQ(judged({bad(unauthorized), bad(unauthorized), good(), good()}), "token_reuse_rejected");
  EXPECT_EQ(judged({bad(forbidden), good(), bad(forbidden), {}}), "token_refused");
  EXPECT_EQ(judged({good(), bad(unauthorized), {}, bad(unauthorized)}), "socket_unauthorized");
  EXPECT_EQ(judged({good(), bad(unauthorized), {}, bad(tcp_reset)}), "reuse_unclear");
  EXPECT_EQ(judged({good(), bad(handshake_eof), {}, {}}), "reuse_unclear");
}

}  // namespace
}  // namespace sonde::test::parallel_scenarios_test
