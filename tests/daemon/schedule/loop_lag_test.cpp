#include "daemon/schedule/loop_lag.hpp"

#include <gtest/gtest.h>

namespace sonde::schedule::loop_lag_test {
namespace {

using std::chrono::milliseconds;

Instant at(int ms) { return Instant(milliseconds(ms)); }

void wake(LoopLag& lag, int expected, int actual) {
  lag.expect(at(expected));
  lag.woken(at(actual));
}

TEST(LoopLag, APunctualLoopHasNone) {
  LoopLag lag;
  for (int ms = 20; ms < 1000; ms += 20) wake(lag, ms, ms + 1);
  EXPECT_EQ(lag.worst(at(0), at(1000)), Span::zero());
}

TEST(LoopLag, RemembersAGapInTheMiddleOfARun) {
  LoopLag lag;
  wake(lag, 20, 320);
  for (int ms = 340; ms < 1000; ms += 20) wake(lag, ms, ms);
  EXPECT_EQ(lag.worst(at(0), at(1000)), milliseconds(300));
}

TEST(LoopLag, AGapBeforeTheRunIsNotItsOwn) {
  LoopLag lag;
  wake(lag, 20, 320);
  EXPECT_EQ(lag.worst(at(330), at(1000)), Span::zero());
}

TEST(LoopLag, OfAGapInWhichTheRunBeganOnlyTheRestCounts) {
  LoopLag lag;
  wake(lag, 20, 320);
  EXPECT_EQ(lag.worst(at(300), at(1000)), milliseconds(20));
}

TEST(LoopLag, CountsAGapThatStillLasts) {
  LoopLag lag;
  lag.expect(at(20));
  EXPECT_EQ(lag.worst(at(0), at(520)), milliseconds(500));
  lag.expect(std::nullopt);
  EXPECT_EQ(lag.worst(at(0), at(520)), Span::zero());
}

TEST(LoopLag, ALaterLongerGapDoesNotHideFromLaterRuns) {
  LoopLag lag;
  wake(lag, 20, 520);
  wake(lag, 600, 700);
  EXPECT_EQ(lag.worst(at(0), at(800)), milliseconds(500));
  EXPECT_EQ(lag.worst(at(550), at(800)), milliseconds(100));
}

TEST(LoopLag, ARunThatWasAloneMadeTheGapAndIsNotExcusedByIt) {
  LoopLag lag;
  lag.alone(7, at(10));
  lag.expect(at(20), milliseconds(0));
  lag.woken(at(520), milliseconds(490));
  EXPECT_EQ(lag.worst(at(0), at(600), {}, 7), Span::zero());
  EXPECT_EQ(lag.worst(at(0), at(600), {}, 8), milliseconds(500));
}

TEST(LoopLag, AGapThatStillLastsIsNoExcuseForTheRunThatMakesIt) {
  LoopLag lag;
  lag.alone(7, at(15));
  lag.expect(at(20), milliseconds(0));
  EXPECT_EQ(lag.worst(at(0), at(520), milliseconds(500), 7), Span::zero());
  EXPECT_EQ(lag.worst(at(0), at(520), milliseconds(500), 8), milliseconds(500));
}

TEST(LoopLag, AThreadThatWasKeptFromRunningExcusesEveryRun) {
  LoopLag lag;
  lag.alone(7, at(10));
  lag.expect(at(20), milliseconds(0));
  lag.woken(at(520), milliseconds(30));
  EXPECT_EQ(lag.worst(at(0), at(600), {}, 7), milliseconds(500));
}

TEST(LoopLag, OfSeveralRunsNoneIsBlamed) {
  LoopLag lag;
  lag.alone(0, at(10));
  lag.expect(at(20), milliseconds(0));
  lag.woken(at(520), milliseconds(500));
  EXPECT_EQ(lag.worst(at(0), at(600), {}, 7), milliseconds(500));
}

TEST(LoopLag, ARunThatBeganWithinAGapDidNotMakeIt) {
  LoopLag lag;
  lag.expect(at(20), milliseconds(0));
  lag.alone(7, at(300));
  lag.woken(at(520), milliseconds(500));
  EXPECT_EQ(lag.worst(at(0), at(600), {}, 7), milliseconds(500));
}

TEST(LoopLag, AGapOfARunHidesNoEarlierOneFromIt) {
  LoopLag lag;
  wake(lag, 20, 120);
  lag.alone(7, at(200));
  lag.expect(at(210), milliseconds(0));
  lag.woken(at(710), milliseconds(500));
  EXPECT_EQ(lag.worst(at(0), at(800), {}, 7), milliseconds(100));
}

TEST(LoopLag, AllowsTheLargerOf50MsAndATenthOfTheTimeout) {
  EXPECT_EQ(lag_allowed(milliseconds(100)), milliseconds(50));
  EXPECT_EQ(lag_allowed(milliseconds(10'000)), milliseconds(1000));
}

}  // namespace
}  // namespace sonde::schedule::loop_lag_test
