#include "probes/auth/lockout.hpp"

#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "probes/auth/token_cache.hpp"
#include "tests/support/net_loop.hpp"

namespace sonde::auth::lockout_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const Instant start = Instant(1h);
const LockoutRules rules{.after = 3, .cooldown = 5min};

void refuse(Lockout& lockout, int times, Instant now) {
  for (int i = 0; i < times; ++i) {
    ASSERT_EQ(lockout.begin(rules, now), true);
    lockout.end({.refused = true}, now);
  }
}

TEST(Lockout, LetsLoginsPassUntilSoManyWereRefusedInARow) {
  Lockout lockout;
  refuse(lockout, 2, start);
  EXPECT_FALSE(lockout.held(rules, start));
  refuse(lockout, 1, start);
  const auto held = lockout.held(rules, start + 1s);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->reason, Reason::suppressed);
  EXPECT_THAT(held->detail, HasSubstr("refused 3 times"));
  EXPECT_THAT(held->detail, HasSubstr("in 299 s"));
  EXPECT_FALSE(lockout.begin(rules, start + 1s));
}

TEST(Lockout, LetsOneTrialPassInACooldown) {
  Lockout lockout;
  refuse(lockout, 3, start);
  EXPECT_EQ(lockout.begin(rules, start + 5min), true);
  EXPECT_TRUE(lockout.held(rules, start + 5min));
  lockout.end({.refused = true}, start + 5min);
  EXPECT_TRUE(lockout.held(rules, start + 9min));
  EXPECT_FALSE(lockout.held(rules, start + 10min));
}

TEST(Lockout, LetsTheLoginThatIsTriedMakeAllItsRequests) {
  Lockout lockout;
  refuse(lockout, 3, start);
  EXPECT_EQ(lockout.begin(rules, start + 5min), true);
  lockout.end({.refused = false}, start + 5min);
  EXPECT_FALSE(lockout.begin(rules, start + 6min));
  EXPECT_EQ(lockout.begin(rules, start + 6min, true), true);
  lockout.end({.refused = true}, start + 6min);
  EXPECT_EQ(lockout.refused(), 4);
}

TEST(Lockout, LetsNoSecondTrialBeginWhileTheFirstIsUnderWay) {
  Lockout lockout;
  refuse(lockout, 3, start);
  EXPECT_EQ(lockout.begin(rules, start + 5min), true);
  EXPECT_FALSE(lockout.begin(rules, start + 11min));
}

TEST(Lockout, ForgetsRefusalsAfterASuccess) {
  Lockout lockout;
  refuse(lockout, 2, start);
  lockout.succeeded();
  refuse(lockout, 2, start);
  EXPECT_FALSE(lockout.held(rules, start));
}

TEST(Lockout, ARefreshTokenThatIsGoodForgivesNoPassword) {
  Lockout lockout;
  refuse(lockout, 2, start);
  ASSERT_EQ(lockout.begin(rules, start), true);
  lockout.end({.refused = true, .redeems = true}, start);
  EXPECT_TRUE(lockout.held(rules, start));
  lockout.redeemed();
  EXPECT_EQ(lockout.refused(), 2);
  lockout.succeeded();
  EXPECT_EQ(lockout.refused(), 0);
}

TEST(Lockout, CountsNoRequestThatWasNotRefused) {
  Lockout lockout;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(lockout.begin(rules, start), true);
    lockout.end({.refused = false}, start);
  }
  EXPECT_FALSE(lockout.held(rules, start));
}

TEST(Lockout, LetsNoMoreBeUnderWayThanMayBeRefused) {
  Lockout lockout;
  refuse(lockout, 1, start);
  EXPECT_EQ(lockout.begin(rules, start), true);
  EXPECT_EQ(lockout.begin(rules, start), true);
  EXPECT_EQ(lockout.begin(rules, start), false);
  lockout.end({.refused = false}, start);
  EXPECT_EQ(lockout.begin(rules, start), true);
}

TEST(Lockout, TakesTheseStatusesForARefusal) {
  for (const int status : {400, 401, 402, 403, 409, 419, 422, 423, 498})
    EXPECT_TRUE(is_refusal(status)) << status;
  for (const int status : {0, 200, 302, 404, 405, 415, 429, 500, 503})
    EXPECT_FALSE(is_refusal(status));
}

using LoginGuardTest = test::NetLoop;

// What logins that run at the same time came to.
struct Seen {
  int sent = 0, held = 0, under_way = 0, most = 0;
};

boost::asio::awaitable<void> log_in(std::shared_ptr<LoginGuard> guard, int status, Seen& seen) {
  auto beginning = guard->begin(rules);
  auto trial = co_await std::move(beginning);
  if (!trial) {
    EXPECT_EQ(trial.error().reason, Reason::suppressed);
    ++seen.held;
    co_return;
  }
  ++seen.sent;
  seen.most = std::max(seen.most, ++seen.under_way);
  co_await boost::asio::post(boost::asio::use_awaitable);
  trial->judge(status, Reason::ok);
  trial->judge(status, Reason::ok);
  --seen.under_way;
}

// Null: it was cut.
boost::asio::awaitable<std::shared_ptr<LoginGuard::Trial>> begin(std::shared_ptr<LoginGuard> guard,
                                                                 const LockoutRules& of) {
  auto beginning = guard->begin(of);
  auto trial = co_await std::move(beginning);
  if (!trial) EXPECT_EQ(trial.error().reason, Reason::cut);
  co_return trial ? std::make_shared<LoginGuard::Trial>(*std::move(trial)) : nullptr;
}

// So many logins at once, all refused, are never more than the rules allow.
TEST_F(LoginGuardTest, LetsWaitingLoginsGoWhenOthersEndAndHoldsThemAfterTooManyRefusals) {
  const auto guard = std::make_shared<LoginGuard>();
  Seen seen;
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(io, log_in(guard, 401, seen), boost::asio::detached);
  io.run();
  EXPECT_EQ(seen.sent, 3);
  EXPECT_EQ(seen.held, 7);
  EXPECT_EQ(guard->lockout.refused(), 3);
}

TEST_F(LoginGuardTest, LetsAllGoOneAfterTheOtherWhereNoneIsRefused) {
  const auto guard = std::make_shared<LoginGuard>();
  Seen seen;
  for (int i = 0; i < 10; ++i)
    boost::asio::co_spawn(io, log_in(guard, 503, seen), boost::asio::detached);
  io.run();
  EXPECT_EQ(seen.sent, 10);
  EXPECT_EQ(seen.most, 3);
}

TEST_F(LoginGuardTest, EndsWaitingWhenTheRunIsCut) {
  const auto guard = std::make_shared<LoginGuard>();
  const LockoutRules one{.after = 1, .cooldown = 5min};
  const auto first = run(begin(guard, one));
  EXPECT_TRUE(first);
  EXPECT_FALSE(run(begin(guard, one), 10ms));
}

// Two workers with one table: logins of one that are under way do not turn away those of the other.
TEST_F(LoginGuardTest, WaitsForTheLoginsOfOtherWorkers) {
  const auto table = LockoutTable::in_memory();
  const auto here = std::make_shared<LoginGuard>(table, 1);
  const auto there = std::make_shared<LoginGuard>(table, 1);
  const LockoutRules two{.after = 2, .cooldown = 5min};
  auto first = run(begin(there, two)), second = run(begin(there, two));
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(here->held(two, Clock::now(), 0));
  EXPECT_FALSE(run(begin(here, two), 10ms)) << "it was cut while it waited";
  boost::asio::post(io, [&first] { first->end(); });
  EXPECT_TRUE(run(begin(here, two)));
  second->refuse();
  second->end();
  EXPECT_TRUE(run(begin(here, two)));
}

TEST(Lockout, ObeysAServerThatWantsQuiet) {
  Lockout lockout;
  lockout.quiet(30s, 60s, start);
  EXPECT_TRUE(lockout.held(rules, start + 29s));
  EXPECT_FALSE(lockout.held(rules, start + 30s));
}

TEST(Lockout, ObeysAServerThatWantsQuietForLongWithinABoundAndSaysSo) {
  Lockout lockout;
  lockout.quiet(3600s, 60s, start);
  const auto held = lockout.held(rules, start + 18s);
  ASSERT_TRUE(held);
  EXPECT_EQ(
      held->detail,
      "the server wants to be left alone for 3600 s, and is for 60 s; the next login in 42 s");
  EXPECT_FALSE(lockout.held(rules, start + 60s));
}

TEST(RetryAfter, IsSecondsOrADateAgainstTheServersOwnClock) {
  EXPECT_EQ(retry_after("120", ""), 120s);
  EXPECT_EQ(retry_after("Wed, 01 Jul 2026 00:01:00 GMT", "Wed, 01 Jul 2026 00:00:00 GMT"), 60s);
  EXPECT_EQ(retry_after("Wed, 01 Jul 2026 00:00:00 GMT", "Wed, 01 Jul 2026 00:01:00 GMT"), 0s);
  EXPECT_EQ(retry_after("999999999", ""), 1h);
  for (const std::string value : {"", "soon", "-", "12x"})
    EXPECT_EQ(retry_after(value, ""), std::nullopt) << value;
}

TEST(Lockout, ChangedCredentialsDoNotWaitForTheCooldownOnce) {
  Lockout lockout;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(lockout.begin(rules, start, false, 7), true);
    lockout.end({.refused = true, .mark = 7}, start);
  }
  EXPECT_TRUE(lockout.held(rules, start + 1s, 7));
  EXPECT_TRUE(lockout.held(rules, start + 1s, 0)) << "nobody knows whether they changed";
  ASSERT_EQ(lockout.begin(rules, start + 1s, false, 8), true);
  EXPECT_TRUE(lockout.held(rules, start + 1s, 8)) << "one at a time";
  lockout.end({.refused = true, .mark = 8}, start + 1s);
  for (const std::uint16_t mark : std::array<std::uint16_t, 3>{7, 8, 9})
    EXPECT_TRUE(lockout.held(rules, start + 2s, mark));
  EXPECT_FALSE(lockout.held(rules, start + 301s, 8));
}

TEST(Lockout, CountsWhatIsUnderWayElsewhereAsIfItWereRefused) {
  Lockout lockout;
  lockout.take({.refused = 1, .pending = 1}, start);
  EXPECT_EQ(lockout.begin(rules, start), true);
  EXPECT_EQ(lockout.begin(rules, start), false) << "it waits for the one here";
  lockout.take({.refused = 1, .pending = 3}, start);
  EXPECT_FALSE(lockout.held(rules, start + 1s));
  EXPECT_EQ(lockout.begin(rules, start + 1s), false) << "it waits for those elsewhere";
  lockout.take({.refused = 1, .pending = 1}, start);
  lockout.end({}, start);
  EXPECT_EQ(lockout.counts(), RefusalCounts{.refused = 1});
}

TEST(Lockout, ASuccessForgetsWhichCredentialsWereRefused) {
  Lockout lockout;
  ASSERT_EQ(lockout.begin(rules, start, false, 7), true);
  lockout.end({.refused = true, .mark = 7}, start);
  lockout.succeeded();
  EXPECT_EQ(lockout.counts(), RefusalCounts());
}

TEST(Lockout, PlacesThatOthersTookBeginACooldownToo) {
  Lockout other, here;
  ASSERT_EQ(other.begin({.after = 1, .cooldown = 5min}, start), true);
  here.take(other.counts(), other.last());
  EXPECT_EQ(here.begin({.after = 1, .cooldown = 5min}, start + 1s), false);
  EXPECT_EQ(here.begin({.after = 1, .cooldown = 5min}, start + 5min), true) << "one trial";
}

}  // namespace
}  // namespace sonde::auth::lockout_test
