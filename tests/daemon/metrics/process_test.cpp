#include "daemon/metrics/process.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace sonde::metrics::process_test {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TEST(Process, ItsStartIsTheSameEachTimeItIsAsked) {
  const auto first = read_process();
  ASSERT_TRUE(first);
  for (int scrape = 0; scrape < 200; ++scrape)
    ASSERT_EQ(read_process()->start_seconds, first->start_seconds);
}

TEST(Process, ItStartedNotLongAgo) {
  const auto facts = read_process();
  ASSERT_TRUE(facts);
  EXPECT_LE(facts->start_seconds, now() + 1);
  EXPECT_GT(facts->start_seconds, now() - 3600);
}

}  // namespace
}  // namespace sonde::metrics::process_test
