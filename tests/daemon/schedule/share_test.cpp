#include "daemon/schedule/share.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sonde::schedule::share_test {
namespace {

TEST(Share, AllChecksOfATargetHaveOneOwner) {
  EXPECT_EQ(share("staging", 4), share("staging", 4));
  EXPECT_EQ(share("anything", 1), 0u);
}

TEST(Share, EveryWorkerGetsAbout1OfN) {
  int owned[4] = {};
  for (int i = 0; i < 4000; ++i) ++owned[share("target" + std::to_string(i), 4)];
  for (int count : owned) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace sonde::schedule::share_test
