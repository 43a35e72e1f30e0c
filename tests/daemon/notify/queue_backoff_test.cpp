#include <gtest/gtest.h>

#include "daemon/notify/queue.hpp"

namespace sonde::notify::queue_backoff_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t least = 0, most = ~std::uint64_t{0};

double wait(int failures, std::uint64_t random, std::optional<Span> asked = {}) {
  return sonde::seconds(wait_after({}, failures, asked, random));
}

TEST(Backoff, DoublesUpToTheCap) {
  EXPECT_NEAR(wait(1, most), 1, 1e-6);
  EXPECT_NEAR(wait(2, most), 2, 1e-6);
  EXPECT_NEAR(wait(6, most), 32, 1e-6);
  EXPECT_NEAR(wait(7, most), 60, 1e-6);
  EXPECT_NEAR(wait(1'000'000, most), 60, 1e-6);
}

TEST(Backoff, IsSpreadOverAllOfIt) {
  EXPECT_NEAR(wait(7, most / 2), 30, 1e-6);
  EXPECT_NEAR(wait(7, least), 0.1, 1e-6);
}

TEST(Backoff, GivesThePeaceThatIsAskedFor) {
  EXPECT_NEAR(wait(1, least, Span(seconds(90))), 90, 1e-6);
  EXPECT_NEAR(wait(7, most, Span(milliseconds(5))), 60, 1e-6);
}

}  // namespace
}  // namespace sonde::notify::queue_backoff_test
