#include "probes/text/time.hpp"

#include <gtest/gtest.h>

namespace sonde::text::time_test {
namespace {

std::string read(std::string_view text) {
  const auto written = parse_time(text);
  if (!written) return "none";
  const auto wall = written->wall();
  return wall ? as_rfc3339(*wall) : "of a zone";
}

TEST(WrittenTime, ReadsWhatPeopleAndMachinesWrite) {
  EXPECT_EQ(read("2026-12-01T02:00Z"), "2026-12-01T02:00:00.000Z");
  EXPECT_EQ(read("2026-12-01 02:00:30z"), "2026-12-01T02:00:30.000Z");
  EXPECT_EQ(read("2026-12-01T02:00:30.678Z"), "2026-12-01T02:00:30.000Z");
  EXPECT_EQ(read("2026-12-01T02:00+01:00"), "2026-12-01T01:00:00.000Z");
  EXPECT_EQ(read("2026-12-01T22:30-03:30"), "2026-12-02T02:00:00.000Z");
  EXPECT_EQ(read("2028-02-29T00:00Z"), "2028-02-29T00:00:00.000Z");
  EXPECT_EQ(read("2026-12-01T02:00"), "of a zone");
}

TEST(WrittenTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "now", "2026-12-01", "2026-13-01T02:00", "2027-02-29T00:00", "2026-12-01T24:00",
        "2026-12-01T02:60", "2026-12-01T2:00", "1999-12-01T02:00", "2200-01-01T00:00",
        "2026-12-01T02:00 Z", "2026-12-01T02:00+1", "2026-12-01T02:00Zx", "+026-12-01T02:00",
        "2026-12-01T02:00:"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(WrittenTime, ReadsTheTimeOfADay) {
  EXPECT_EQ(parse_clock("00:00"), std::chrono::minutes(0));
  EXPECT_EQ(parse_clock("23:59"), std::chrono::minutes(23 * 60 + 59));
  for (const char* text : {"", "24:00", "7:00", "07:00:00", "0700"})
    EXPECT_FALSE(parse_clock(text)) << text;
}

}  // namespace
}  // namespace sonde::text::time_test
