#include "daemon/core/format.hpp"

#include <gtest/gtest.h>

namespace sonde::format_test {
namespace {
using namespace std::chrono_literals;

TEST(Figures, MillisHaveMoreDecimalsWhereTheyAreSmall) {
  EXPECT_EQ(as_millis(123us), "0.123 ms");
  EXPECT_EQ(as_millis(4210us), "4.21 ms");
  EXPECT_EQ(as_millis(56'340us), "56.3 ms");
  EXPECT_EQ(as_millis(1203ms), "1203.0 ms");
}

TEST(Figures, DurationsTakeTheUnitThatAPersonWouldTake) {
  EXPECT_EQ(as_duration(120us), "0.12 ms");
  EXPECT_EQ(as_duration(56'340us), "56.3 ms");
  EXPECT_EQ(as_duration(4214ms), "4.21 s");
  EXPECT_EQ(as_duration(125s), "125 s");
}

TEST(Figures, SecondsAreAlwaysADecimalNumber) {
  EXPECT_EQ(as_seconds(Span::zero()), "0.000000");
  EXPECT_EQ(as_seconds(1203456us), "1.203456");
  EXPECT_EQ(as_seconds(-5ms), "-0.005000");
}

TEST(Figures, WallClockIsRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(as_rfc3339(std::chrono::system_clock::time_point{1'767'323'045'678ms}),
            "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(as_rfc3339(std::chrono::system_clock::time_point{-1ms}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(as_day(1'767'323'045), "2026-01-02");
}

TEST(Figures, BytesChangeTheirUnit) {
  EXPECT_EQ(as_bytes(1023), "1023 B");
  EXPECT_EQ(as_bytes(1536), "1.5 KB");
  EXPECT_EQ(as_bytes(4UL << 20U), "4.0 MB");
}

}  // namespace
}  // namespace sonde::format_test
