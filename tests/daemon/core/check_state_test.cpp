#include "daemon/core/check_state.hpp"

#include <gtest/gtest.h>

namespace sonde::check_state_test {
namespace {

using std::chrono::seconds;

const WallTime noon{seconds(1'800'000'000)};

struct CheckStateTest : testing::Test {
  Check check{.every = seconds(10), .timeout = seconds(5)};
  CheckStatus status{.last = Outcome::pass, .newest = Outcome::pass, .last_run = noon};
};

TEST_F(CheckStateTest, IsUnknownBeforeTheFirstVerdictAndAfterSeveralIntervalsWithoutOne) {
  EXPECT_EQ(state_of(check, {}, noon), CheckState::unknown);
  EXPECT_EQ(state_of(check, status, noon + seconds(40)), CheckState::passing);
  EXPECT_EQ(state_of(check, status, noon + seconds(41)), CheckState::unknown);
}

TEST_F(CheckStateTest, AFailureStandsWhileRunsSayNothingAndEndsWithARetryThatPassed) {
  status.last = Outcome::fail;
  status.consecutive_failures = 1;
  status.failing = FailureGroup{};
  status.blind = true;
  EXPECT_EQ(state_of(check, status, noon + seconds(999)), CheckState::failing);
  status.consecutive_failures = 0;
  status.failing.reset();
  status.blind = false;
  EXPECT_EQ(state_of(check, status, noon), CheckState::passing);
}

TEST_F(CheckStateTest, RunsThatSayNothingAreInconclusive) {
  CheckStatus without = status, blind = status, maintained = status;
  without.inconclusive = FailureGroup{};
  blind.blind = true;
  maintained.newest = Outcome::fail;
  for (const CheckStatus& one : {without, blind, maintained})
    EXPECT_EQ(state_of(check, one, noon), CheckState::inconclusive);
}

}  // namespace
}  // namespace sonde::check_state_test
