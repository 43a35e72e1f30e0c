#include "daemon/store/passed_runs.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/store/home.hpp"

namespace sonde::store::passed_runs_test {
namespace {

using namespace std::chrono_literals;

struct PassedRunsTest : testing::Test {
  PassedRuns runs{1h};
  Instant now = Clock::now();
  std::vector<PassedRun> wanted;

  ResultPtr add(const MadeResult& made, Span after = 1min) {
    now += after;
    wanted.clear();
    auto result = fresh(made);
    runs.add(result, now, wanted);
    return result;
  }
};

TEST_F(PassedRunsTest, OneInTheTimeIsASample) {
  const auto first = add(passed_with_trace());
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].result, first);
  EXPECT_FALSE(wanted[0].beside_failure);
  for (int n = 0; n < 59; ++n) {
    add(passed_with_trace());
    EXPECT_TRUE(wanted.empty());
  }
  add(passed_with_trace());
  EXPECT_EQ(wanted.size(), 1u);
}

TEST_F(PassedRunsTest, TheOneBeforeAFailureAndTheOneAfterItAreWanted) {
  add(passed_with_trace());
  const auto before = add(passed_with_trace());
  EXPECT_TRUE(wanted.empty());
  add(refused());
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].result, before);
  EXPECT_TRUE(wanted[0].beside_failure);
  add(refused());
  EXPECT_TRUE(wanted.empty()) << "there is no passed run before this one";
  const auto after = add(passed_with_trace());
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].result, after);
  EXPECT_TRUE(wanted[0].beside_failure);
  add(passed_with_trace());
  EXPECT_TRUE(wanted.empty());
}

TEST_F(PassedRunsTest, ASampleThatTurnsOutToBeTheLastBeforeAFailureIsMarked) {
  const auto sample = add(passed_with_trace());
  add(refused());
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].result, sample);
  EXPECT_TRUE(wanted[0].beside_failure);
}

TEST_F(PassedRunsTest, RunsThatSayNothingOfTheTargetChangeNothing) {
  add(passed_with_trace());
  const auto before = add(passed_with_trace());
  add(MadeResult().failed(Step::login, Reason::own_dns));
  add(MadeResult().failed(Step::health, Reason::overlap));
  EXPECT_TRUE(wanted.empty());
  add(refused());
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].result, before);
}

TEST_F(PassedRunsTest, WhenTheProcessStopsTheNewestOfEachCheckIsWanted) {
  add(passed_with_trace("a"));
  const auto a = add(passed_with_trace("a"));
  add(passed_with_trace("b"));  // is a sample
  add(passed_with_trace("c"));
  add(refused("c"));
  const auto held = runs.take_held();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].result, a);
}

TEST_F(PassedRunsTest, ACheckThatAlternatesIsLimitedAsFailuresAre) {
  std::size_t all = 0;
  for (int n = 0; n < 100; ++n) {
    add(passed_with_trace(), 500ms);
    all += wanted.size();
    add(refused(), 500ms);
    all += wanted.size();
  }
  // Each change is worth more than one more equal run, but not without a limit: 37 of 200, and each
  // is said again when a failure follows.
  EXPECT_LT(all, 80u);
  EXPECT_GT(all, 40u);
}

TEST_F(PassedRunsTest, HoldsABoundedNumber) {
  for (std::size_t n = 0; n < PassedRuns::checks_max + 100; ++n)
    for (int run = 0; run < 2; ++run) add(passed_with_trace("p" + std::to_string(n)), 1ms);
  EXPECT_LE(runs.take_held().size(), PassedRuns::checks_max);
}

}  // namespace
}  // namespace sonde::store::passed_runs_test
