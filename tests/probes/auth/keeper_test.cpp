#include "probes/auth/keeper.hpp"

#include <gtest/gtest.h>

namespace sonde::auth::keeper_test {
namespace {

using namespace std::chrono_literals;

Instant at(Span span) { return Instant{} + 1h + span; }

TEST(Keeper, KeepsATokenThatExpiresUntilAYoungerOneHas) {
  Purse purse;
  Token token{.value = "first", .lifetime = 60s};
  remember(purse, token, at(0s));
  token.value = "second";
  remember(purse, token, at(50s));
  EXPECT_FALSE(expired(purse, at(70s))) << "a leeway of the server may cover it";
  ASSERT_TRUE(expired(purse, at(361s)));
  EXPECT_EQ(expired(purse, at(361s))->value, "first");
  token.value = "third";
  remember(purse, token, at(400s));
  ASSERT_TRUE(expired(purse, at(761s)));
  EXPECT_EQ(expired(purse, at(761s))->value, "third");
}

TEST(Keeper, ATokenOfUnknownLifeIsNeverTakenForExpired) {
  Purse purse;
  remember(purse, {.value = "opaque"}, at(0s));
  EXPECT_FALSE(expired(purse, at(240h)));
}

}  // namespace
}  // namespace sonde::auth::keeper_test
