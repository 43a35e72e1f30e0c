#include "daemon/store/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace sonde::store::rate_limiter_test {
namespace {

using namespace std::chrono_literals;

int taken(RateLimiter& ration, const std::string& check, Instant begin, Span every, int runs) {
  int count = 0;
  for (int n = 0; n < runs; ++n) count += ration.take(check, begin + every * n) ? 1 : 0;
  return count;
}

constexpr Instant start = Instant{} + 1h;

TEST(RateLimiter, TakesTheFirstFiveFailuresOfACheckAndThenOneEachTwelveSeconds) {
  RateLimiter ration;
  EXPECT_EQ(taken(ration, "a", start, 10ms, 1000), 5);
  EXPECT_EQ(taken(ration, "a", start + 10s, 10ms, 6000), 5);
}

TEST(RateLimiter, TakesEveryFailureOfACheckThatRunsEachFifteenSeconds) {
  RateLimiter ration;
  EXPECT_EQ(taken(ration, "a", start, 15s, 1000), 1000);
}

TEST(RateLimiter, TakesEachRunThatEndsOtherwiseThanTheOneBefore) {
  RateLimiter limiter;
  EXPECT_EQ(taken(limiter, "a", start, 0s, 20), 5);
  EXPECT_TRUE(limiter.take("a", start, true));
  EXPECT_FALSE(limiter.take("a", start));
}

TEST(RateLimiter, DoesNotLetOneCheckTakeWhatIsAnothers) {
  RateLimiter ration;
  taken(ration, "a", start, 1ms, 100);
  EXPECT_TRUE(ration.take("b", start + 100ms));
}

TEST(RateLimiter, BoundsThoseOfAllChecksTogether) {
  RateLimiter ration;
  int count = 0;
  for (int n = 0; n < 10'000; ++n) count += ration.take(std::to_string(n), start) ? 1 : 0;
  EXPECT_EQ(count, 256);
  EXPECT_EQ(taken(ration, "late", start + 1s, 0ms, 100), 5);
}

}  // namespace
}  // namespace sonde::store::rate_limiter_test
