#include <gtest/gtest.h>

#include "daemon/alert/rule_state.hpp"

namespace sonde::alert::flapping_test {
namespace {

TEST(Flapping, WeighsTheNewestChangeMost) {
  Flapping flapping;
  flapping.add(true);
  EXPECT_DOUBLE_EQ(flapping.percent(), 100 * 1.18 / 20);
  for (int i = 0; i < 19; ++i) flapping.add(true);
  EXPECT_DOUBLE_EQ(flapping.percent(), 100 * 0.8 / 20);
  flapping.add(true);
  EXPECT_DOUBLE_EQ(flapping.percent(), 0);
}

TEST(Flapping, BeginsAboveThirtyPercentAndEndsBelowTwentyFive) {
  Flapping flapping;
  int changes = 0;
  for (; !flapping.flaps; ++changes) flapping.add(!flapping.last);
  EXPECT_EQ(changes, 6);  // 6 of the heaviest are 33.9 %, 5 are 28.5 %
  while (flapping.percent() >= 25) {
    EXPECT_TRUE(flapping.flaps);
    flapping.add(flapping.last);
  }
  EXPECT_FALSE(flapping.flaps);
}

TEST(Flapping, OneThatComesOnceDoesNotFlap) {
  Flapping flapping;
  for (int i = 0; i < 100; ++i) {
    flapping.add(i >= 20 && i < 40);
    EXPECT_FALSE(flapping.flaps) << i;
  }
}

}  // namespace
}  // namespace sonde::alert::flapping_test
