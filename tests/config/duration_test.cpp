#include "config/duration.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sonde::config::duration_test {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration("3h"), 3h);
  EXPECT_EQ(parse_duration("4m"), 4min);
  EXPECT_EQ(parse_duration("15s"), 15s);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("10us"), 10us);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, ReadsFallingUnitsAndDecimals) {
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us"), 26h + 3min + 4s + 5ms + 6us);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0.001us"), 1ns);
  EXPECT_EQ(parse_duration("0.25d"), 6h);
}

TEST(Duration, SaysWhatIsWrong) {
  EXPECT_EQ(parse_duration("").error(), "it is empty");
  EXPECT_EQ(parse_duration("15").error(), "the unit is missing");
  EXPECT_EQ(parse_duration("0").error(), "the unit is missing");
  EXPECT_EQ(parse_duration("s").error(), "a number is missing");
  EXPECT_EQ(parse_duration("-1s").error(), "it cannot be negative");
  EXPECT_EQ(parse_duration("1.s").error(), "a digit is missing after the point");
  EXPECT_EQ(parse_duration("1w").error(), "the units are d, h, m, s, ms and us");
  EXPECT_EQ(parse_duration("30m1h").error(), "its units must fall, as in 1h30m");
  EXPECT_EQ(parse_duration("1s1s").error(), "its units must fall, as in 1h30m");
}

TEST(Duration, RefusesWhatLooksAlike) {
  for (const char* text : {" 1s", "1s ", "1 s", "1S", "+1s", "1e3s", "1_000s", ".5s", "1,5s", "1ns",
                           "1s\n", "\xC2\xB5s", "1\xC2\xB5s", "0x1s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, NeverOverflows) {
  EXPECT_EQ(parse_duration("106751d"), 106751 * 24h);
  EXPECT_FALSE(parse_duration("106752d"));
  EXPECT_FALSE(parse_duration("106751d24h"));
  EXPECT_FALSE(parse_duration(std::string(1000, '9') + "us"));
  EXPECT_FALSE(parse_duration("0.0001us"));
  EXPECT_FALSE(parse_duration("1." + std::string(1000, '9') + "s"));
}

TEST(Duration, ShowsTheShortestText) {
  EXPECT_EQ(show(15s), "15s");
  EXPECT_EQ(show(60s), "1m");
  EXPECT_EQ(show(90s), "90s");
  EXPECT_EQ(show(90min), "90m");
  EXPECT_EQ(show(24h), "1d");
  EXPECT_EQ(show(36h), "36h");
  EXPECT_EQ(show(1500ms), "1.5s");
  EXPECT_EQ(show(100ms), "100ms");
  EXPECT_EQ(show(10us), "10us");
  EXPECT_EQ(show(1ns), "0.001us");
  EXPECT_EQ(show(0s), "0s");
  EXPECT_EQ(show(-90s), "-90s");
  EXPECT_EQ(show(24h + 1us), "1d1us");
}

TEST(Duration, ComesBackFromItsText) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Span span(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
    ASSERT_EQ(parse_duration(show(span)), span) << show(span);
  }
  EXPECT_EQ(parse_duration(show(Span::max())), Span::max());
  EXPECT_EQ(show(Span::min()), "-9223372036.854775808s");
}

}  // namespace
}  // namespace sonde::config::duration_test
