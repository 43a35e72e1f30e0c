#include "probes/auth/lockout.hpp"

#include <gmock/gmock.h>

#include "probes/auth/keeper.hpp"

namespace sonde::auth {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const Instant start = Instant(1h);
const LockoutRules rules{.after = 3, .cooldown = 5min};

void refuse(Lockout& lockout, int times, Instant now) {
  for (int i = 0; i < times; ++i) lockout.note(Reason::credentials, now);
}

TEST(Lockout, LetsLoginsPassUntilSoManyWereRefusedInARow) {
  Lockout lockout;
  refuse(lockout, 2, start);
  EXPECT_FALSE(lockout.ask(rules, start));
  refuse(lockout, 1, start);
  const auto held = lockout.ask(rules, start + 1s);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->reason, Reason::suppressed);
  EXPECT_THAT(held->detail, HasSubstr("refused 3 times"));
  EXPECT_THAT(held->detail, HasSubstr("in 299 s"));
}

TEST(Lockout, LetsOneTrialPassInACooldown) {
  Lockout lockout;
  refuse(lockout, 3, start);
  EXPECT_FALSE(lockout.ask(rules, start + 5min));
  EXPECT_TRUE(lockout.ask(rules, start + 5min));
  EXPECT_TRUE(lockout.ask(rules, start + 9min));
  EXPECT_FALSE(lockout.ask(rules, start + 10min));
}

TEST(Lockout, ForgetsRefusalsAfterASuccess) {
  Lockout lockout;
  refuse(lockout, 2, start);
  lockout.note(Reason::ok, start);
  refuse(lockout, 2, start);
  EXPECT_FALSE(lockout.ask(rules, start));
}

TEST(Lockout, CountsNoFailureThatSaysNothingOfTheCredentials) {
  Lockout lockout;
  for (int i = 0; i < 10; ++i)
    for (const Reason reason : {Reason::tcp_refused, Reason::server_error, Reason::timeout})
      lockout.note(reason, start);
  EXPECT_FALSE(lockout.ask(rules, start));
}

TEST(Lockout, ObeysAServerThatWantsQuiet) {
  Lockout lockout;
  lockout.quiet(start + 30s);
  EXPECT_TRUE(lockout.ask(rules, start + 29s));
  EXPECT_FALSE(lockout.ask(rules, start + 30s));
}

TEST(RetryAfter, IsSecondsOrADateAgainstTheServersOwnClock) {
  EXPECT_EQ(retry_after("120", ""), 120s);
  EXPECT_EQ(retry_after("Wed, 01 Jul 2026 00:01:00 GMT", "Wed, 01 Jul 2026 00:00:00 GMT"), 60s);
  EXPECT_EQ(retry_after("Wed, 01 Jul 2026 00:00:00 GMT", "Wed, 01 Jul 2026 00:01:00 GMT"), 0s);
  EXPECT_EQ(retry_after("999999999", ""), 1h);
  for (const std::string value : {"", "soon", "-", "12x"})
    EXPECT_EQ(retry_after(value, ""), std::nullopt) << value;
}

TEST(Keeper, GivesRefusalCountsToAStoreAndTakesThemBack) {
  const std::chrono::system_clock::time_point wall{std::chrono::hours(1000)};
  const Account account{.target = "t", .login = "l", .identity = "i", .version = "v"};
  Keeper before;
  refuse(before.purse(account, start).lockout, 3, start);
  before.purse({.target = "other"}, start);
  const auto counts = before.refusals(start + 1min, wall);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].last, wall - 1min);

  Keeper after;  // of a process whose clock began elsewhere
  const Instant then = Instant(7h);
  after.restore(counts, then, wall + 1min);
  Lockout& lockout = after.purse(account, then).lockout;
  EXPECT_TRUE(lockout.ask(rules, then));
  EXPECT_FALSE(lockout.ask(rules, then + 3min));
}

TEST(Keeper, KeepsTheTokenOfALoginForAShareOfItsLife) {
  Purse purse;
  EXPECT_EQ(reusable(purse, 0.8, start), nullptr);
  remember(purse, {.value = "t", .lifetime = 100s}, start);
  EXPECT_NE(reusable(purse, 0.8, start + 79s), nullptr);
  EXPECT_EQ(reusable(purse, 0.8, start + 80s), nullptr);
  EXPECT_EQ(reusable(purse, 0, start), nullptr);
}

TEST(Keeper, UsesNoTokenAgainWhoseLifeNobodyKnows) {
  Purse purse;
  remember(purse, {.value = "opaque", .lifetime = {}}, start);
  EXPECT_EQ(reusable(purse, 0.8, start), nullptr);
}

}  // namespace
}  // namespace sonde::auth
