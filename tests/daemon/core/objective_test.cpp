#include "daemon/core/objective.hpp"

#include <gtest/gtest.h>

namespace sonde::objective_test {
namespace {

TEST(Objective, ExactlyNinetyPercentIsNotBelowNinety) {
  for (std::uint64_t n = 10; n <= 10'000'000; n *= 10) {
    EXPECT_FALSE(below({n, n / 10}, 900'000)) << n;
    EXPECT_TRUE(below({n, n / 10 + 1}, 900'000)) << n;
  }
  EXPECT_FALSE(below({0, 0}, 900'000));
}

TEST(Objective, TellsTheBudgetThatIsLeft) {
  EXPECT_DOUBLE_EQ(*budget_left({.target = 990'000}, {1000, 0}), 1);
  EXPECT_NEAR(*budget_left({.target = 990'000}, {1000, 5}), 0.5, 1e-9);
  EXPECT_NEAR(*budget_left({.target = 990'000}, {1000, 20}), -1, 1e-9);
  EXPECT_FALSE(budget_left({}, {0, 0}));
  EXPECT_FALSE(budget_left({.target = kWhole}, {10, 1}));
}

TEST(Objective, BurnsOnlyAboveTheFactorAndInBothWindows) {
  Objective objective{.target = 990'000, .min_failures = 3};
  const auto& page = kBurnPairs[0];  // 14.4 %
  EXPECT_FALSE(burns(objective, page, {1000, 144}, {1000, 145}));
  EXPECT_FALSE(burns(objective, page, {1000, 145}, {1000, 144}));
  EXPECT_TRUE(burns(objective, page, {1000, 145}, {1000, 145}));
  EXPECT_FALSE(burns(objective, page, {1000, 145}, {0, 0}));
}

TEST(Objective, TooFewFailuresBurnNothing) {
  EXPECT_FALSE(burns({}, kBurnPairs[0], {2, 2}, {2, 2}));
  EXPECT_TRUE(burns({}, kBurnPairs[0], {3, 3}, {3, 3}));
  EXPECT_TRUE(burns({.target = kWhole, .min_failures = 1}, kBurnPairs[3], {9, 1}, {9, 1}));
}

}  // namespace
}  // namespace sonde::objective_test
