#include "probes/auth/token_cache.hpp"

#include <gtest/gtest.h>

#include "tests/support/signer.hpp"

namespace sonde::auth::token_cache_test {
namespace {

using namespace std::chrono_literals;

Instant at(Span span) { return Instant{} + 1h + span; }
const std::chrono::system_clock::time_point wall{1'800'000'000s};

void remember(CachedLogin& cached, const Token& token, Instant now) {
  auth::remember(cached, token, now, wall + (now - at(0s)));
}

// How long a token is used again, of those that come at once.
Span used_for(const Token& token, double share = 1, bool by_cookies = false) {
  CachedLogin cached;
  remember(cached, token, at(0s));
  Span last{};
  while (last < 2h && reusable(cached, share, at(last), by_cookies) != nullptr) last += 1s;
  return last;
}

std::string jwt_of(int issued, int expires) {
  constexpr int now = 1'800'000'000;
  return test::jwt(R"({"alg":"ES256"})",
                   R"({"iat":)" + std::to_string(now + issued) + R"(,"exp":)" +
                       std::to_string(now + expires) + "}",
                   "signature");
}

Cookies cookies_of(const std::string& set) {
  Cookies cookies;
  cookies.take(*net::parse_url("https://app.example.com/"), {{"Set-Cookie", set}},
               std::chrono::floor<std::chrono::seconds>(wall));
  return cookies;
}

TEST(TokenCache, KeepsTheTokenOfALoginForAShareOfItsLife) {
  EXPECT_EQ(used_for({.value = "t", .lifetime = 100s}, 0.8), 80s);
  EXPECT_EQ(used_for({.value = "t", .lifetime = 100s}, 0), 0s);
  EXPECT_EQ(reusable(CachedLogin(), 0.8, at(0s)), nullptr);
}

TEST(TokenCache, UsesNoTokenToItsVeryEnd) {
  EXPECT_EQ(used_for({.value = "t", .lifetime = 1000s}, 1), 990s);
  EXPECT_EQ(used_for({.value = "t", .lifetime = 20s}, 1), 18s);
}

TEST(TokenCache, UsesNoTokenAgainWhoseLifeNobodyKnows) {
  EXPECT_EQ(used_for({.value = "opaque"}), 0s);
}

TEST(TokenCache, CountsTheLifeOfACachedTokenByItsOwnEndAndNotFromItsReceipt) {
  EXPECT_EQ(used_for({.value = jwt_of(-3000, 600), .skew = 0s}), 590s);
  EXPECT_EQ(used_for({.value = jwt_of(-3000, 600)}), 590s);
}

TEST(TokenCache, CountsTheLifeOfATokenByTheClockOfTheServerThatGaveIt) {
  EXPECT_EQ(used_for({.value = jwt_of(3600, 4200), .skew = 1h}), 590s);
  EXPECT_EQ(used_for({.value = jwt_of(-4200, -3600)}), 590s) << "our clock may be wrong";
}

TEST(TokenCache, TakesTheShorterLifeForUseAndTheLongerForExpiry) {
  const Token token{.value = jwt_of(0, 600), .lifetime = 60s, .skew = 0s};
  EXPECT_EQ(used_for(token), 54s);
  CachedLogin cached;
  remember(cached, token, at(0s));
  EXPECT_FALSE(expired(cached, at(899s)));
  EXPECT_TRUE(expired(cached, at(900s)));
}

TEST(TokenCache, CountsALifeFromTheAnswerThatGaveTheToken) {
  CachedLogin cached;
  remember(cached, {.value = "t", .lifetime = 100s, .at = at(-50s)}, at(0s));
  EXPECT_NE(reusable(cached, 1, at(39s)), nullptr);
  EXPECT_EQ(reusable(cached, 1, at(40s)), nullptr);
}

TEST(TokenCache, ASessionEndsWithItsCookie) {
  const Cookies dated = cookies_of("sid=s3ssion; Max-Age=60"), undated = cookies_of("sid=s3ssion");
  EXPECT_EQ(used_for({.value = "s3ssion", .cookies = dated}), 54s);
  EXPECT_EQ(used_for({.value = "s3ssion", .lifetime = 600s, .cookies = dated}), 54s);
  EXPECT_EQ(used_for({.cookies = dated}, 1, true), 54s);
  EXPECT_EQ(used_for({.cookies = undated}, 1, true), 0s);
  const Token beside{.value = "t", .lifetime = 600s, .cookies = dated};
  EXPECT_EQ(used_for(beside, 1, true), 54s);
  EXPECT_EQ(used_for(beside, 1, false), 590s) << "its cookies are not used";
}

TEST(TokenCache, KeepsATokenThatExpiresUntilAYoungerOneHas) {
  CachedLogin cached;
  Token token{.value = "first", .lifetime = 60s};
  remember(cached, token, at(0s));
  token.value = "second";
  remember(cached, token, at(50s));
  EXPECT_FALSE(expired(cached, at(70s))) << "a leeway of the server may cover it";
  ASSERT_TRUE(expired(cached, at(361s)));
  EXPECT_EQ(expired(cached, at(361s))->value, "first");
  token.value = "third";
  remember(cached, token, at(400s));
  ASSERT_TRUE(expired(cached, at(761s)));
  EXPECT_EQ(expired(cached, at(761s))->value, "third");
}

TEST(TokenCache, ATokenOfUnknownLifeIsNeverTakenForExpired) {
  CachedLogin cached;
  remember(cached, {.value = "opaque"}, at(0s));
  EXPECT_FALSE(expired(cached, at(240h)));
}

}  // namespace
}  // namespace sonde::auth::token_cache_test
