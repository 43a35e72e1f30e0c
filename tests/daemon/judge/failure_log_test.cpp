#include "daemon/judge/failure_log.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/judge/made_run.hpp"

namespace sonde::judge::failure_log_test {
namespace {

using std::chrono::seconds;

TEST(FailureLog, GroupsByStepAndReasonTheMostFrequentFirst) {
  FailureLog log;
  log.add(kNoon, failure(Step::login, Reason::credentials, "HTTP 401"));
  log.add(kNoon + seconds(1), failure(Step::upgrade, Reason::server_error, "HTTP 500"));
  log.add(kNoon + seconds(2), failure(Step::upgrade, Reason::server_error, "HTTP 503"));
  const Failures failures = log.since(kNoon);
  ASSERT_EQ(failures.groups.size(), 2u);
  EXPECT_TRUE(failures.complete);
  EXPECT_EQ(failures.groups[0].step, Step::upgrade);
  EXPECT_EQ(failures.groups[0].reason, Reason::server_error);
  EXPECT_EQ(failures.groups[0].count, 2u);
  EXPECT_EQ(failures.groups[0].first, WallTime(kNoon + seconds(1)));
  EXPECT_EQ(failures.groups[0].last, WallTime(kNoon + seconds(2)));
  EXPECT_EQ(failures.groups[0].detail, "HTTP 503");
  EXPECT_EQ(failures.groups[1].detail, "HTTP 401");
  EXPECT_EQ(log.since(kNoon + seconds(2)).groups.at(0).count, 1u);
  EXPECT_TRUE(log.since(kNoon + seconds(3)).groups.empty());
}

TEST(FailureLog, TellsFailuresWithAConcludedCauseApart) {
  FailureLog log;
  Verdict concluded = failure(Step::upgrade, Reason::unauthorized);
  log.add(kNoon, concluded);
  concluded.concluded = Reason::clock_skew;
  log.add(kNoon + seconds(1), concluded);
  log.add(kNoon + seconds(2), concluded);
  const auto groups = log.since(kNoon).groups;
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].concluded, Reason::clock_skew);
  EXPECT_EQ(groups[0].count, 2u);
  EXPECT_EQ(groups[1].concluded, Reason::ok);
}

TEST(FailureLog, SaysWhenItCannotRememberThatFarBack) {
  FailureLog log;
  const int all = static_cast<int>(FailureLog::failures_max) + 10;
  for (int i = 0; i < all; ++i) log.add(kNoon + seconds(i), failure(Step::login, Reason::timeout));
  const Failures whole = log.since(kNoon);
  EXPECT_FALSE(whole.complete);
  EXPECT_EQ(whole.groups.at(0).count, FailureLog::failures_max);
  const Failures late = log.since(kNoon + seconds(10));
  EXPECT_TRUE(late.complete);
  EXPECT_EQ(late.groups.at(0).count, FailureLog::failures_max);
  EXPECT_FALSE(log.since(kNoon + seconds(9)).complete);
}

TEST(FailureLog, CutsADetailBetweenCharacters) {
  FailureLog log;
  std::string detail(FailureLog::detail_bytes_max - 1, 'x');
  log.add(kNoon, failure(Step::login, Reason::timeout, detail + "é"));
  EXPECT_EQ(log.since(kNoon).groups.at(0).detail, detail);
}

TEST(FailureLog, WhatLiesInTheFutureIsOfNowWhenTheClockIsSetBack) {
  FailureLog log;
  log.add(kNoon + seconds(500), failure(Step::login, Reason::timeout));
  log.settle(kNoon);
  EXPECT_EQ(log.since(kNoon).groups.at(0).last, WallTime(kNoon));
  EXPECT_TRUE(log.since(kNoon + seconds(1)).groups.empty());
}

}  // namespace
}  // namespace sonde::judge::failure_log_test
