#include "daemon/judge/packed_counters.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace sonde::judge::packed_counters_test {
namespace {

TEST(PackedCounters, HoldsWhatAVectorWouldHoldWhateverTheWidth) {
  std::mt19937 random(3);
  for (std::uint32_t largest : {1U, 3U, 15U, 255U, 65'535U, 4'294'967'295U}) {
    PackedCounters column(37);
    std::vector<std::uint32_t> wanted(37);
    for (int i = 0; i < 500; ++i) {
      const std::size_t at = random() % wanted.size();
      wanted[at] = static_cast<std::uint32_t>(random()) & largest;
      column.set(at, wanted[at]);
      for (std::size_t k = 0; k < wanted.size(); ++k) ASSERT_EQ(column.at(k), wanted[k]) << k;
    }
  }
}

TEST(PackedCounters, KeepsItsNeighboursWhenItWidens) {
  PackedCounters column(100);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    column.set(i, 1U << i);
    sum += 1U << i;
    EXPECT_EQ(column.sum(0, 100), sum);
  }
  EXPECT_EQ(column.sum(3, 2), 8U + 16U);
  column.set(31, 0);
  EXPECT_EQ(column.sum(0, 100), sum - (1U << 31));
}

TEST(PackedCounters, SumsBeyondWhatOneCountHolds) {
  PackedCounters column(3);
  for (std::size_t i = 0; i < 3; ++i) column.set(i, 4'294'967'295U);
  EXPECT_EQ(column.sum(0, 3), 3 * 4'294'967'295ULL);
}

}  // namespace
}  // namespace sonde::judge::packed_counters_test
