#include "daemon/maintenance/maintenance_zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/core/format.hpp"
#include "tests/daemon/maintenance/watched_checks.hpp"

namespace sonde::maintenance::maintenance_zone_test {
namespace {

std::chrono::local_seconds local(const std::string& text) {
  return text::parse_time(text).value().local;
}

struct Berlin : testing::Test {
  Zone zone = Zone::find("Europe/Berlin").value();
  std::string wall(const std::string& at, Zone::Twice twice = Zone::Twice::first) const {
    return as_rfc3339(zone.wall(local(at), twice));
  }
};

TEST_F(Berlin, IsOneHourAheadInWinterAndTwoInSummer) {
  EXPECT_EQ(wall("2026-12-01T02:00"), "2026-12-01T01:00:00.000Z");
  EXPECT_EQ(wall("2026-07-01T02:00"), "2026-07-01T00:00:00.000Z");
  EXPECT_EQ(zone.local(test::utc("2026-07-01T00:00Z")), local("2026-07-01T02:00"));
}

TEST_F(Berlin, TheHourThatIsSkippedIsTheMomentOfTheSkip) {
  EXPECT_EQ(wall("2027-03-28T01:59"), "2027-03-28T00:59:00.000Z");
  EXPECT_EQ(wall("2027-03-28T02:00"), "2027-03-28T01:00:00.000Z");
  EXPECT_EQ(wall("2027-03-28T02:30"), "2027-03-28T01:00:00.000Z");
  EXPECT_EQ(wall("2027-03-28T03:00"), "2027-03-28T01:00:00.000Z");
}

TEST_F(Berlin, TheHourThatComesTwiceHasTwoMoments) {
  EXPECT_EQ(wall("2026-10-25T02:30"), "2026-10-25T00:30:00.000Z");
  EXPECT_EQ(wall("2026-10-25T02:30", Zone::Twice::second), "2026-10-25T01:30:00.000Z");
  EXPECT_EQ(wall("2026-10-25T03:00", Zone::Twice::second), "2026-10-25T02:00:00.000Z");
}

TEST(Zone, WithoutANameIsUtc) {
  EXPECT_EQ(Zone::find("UTC").value().name(), "UTC");
  EXPECT_EQ(as_rfc3339(Zone().wall(local("2026-12-01T02:00"), Zone::Twice::second)),
            "2026-12-01T02:00:00.000Z");
}

TEST(Zone, IsNeverAFileElsewhere) {
  for (const char* name : {"Europe/Brelin", "../../../etc/passwd", "/etc/passwd", "CET-1CEST"}) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_THAT(found.error(), testing::HasSubstr("there is no time zone"));
  }
}

}  // namespace
}  // namespace sonde::maintenance::maintenance_zone_test
