#include "daemon/maintenance/downtime.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.hpp"
#include "daemon/core/format.hpp"
#include "daemon/maintenance/downtime_settings.hpp"
#include "tests/daemon/maintenance/watched_checks.hpp"

namespace sonde::maintenance::downtime_test {
namespace {

using test::utc;
using testing::HasSubstr;
using testing::IsEmpty;

struct Downtimes : testing::Test {
  test::Checks checks = {test::named_check("chat", "chat", "production"),
                         test::named_check("api", "health", "staging")};
  std::string said;

  // The windows of a file; `said` holds what is wrong with it.
  std::vector<Downtime> read(const std::string& yaml) {
    config::Mistakes mistakes;
    const auto root = config::parse("maintenance:\n" + yaml, "test.yaml", mistakes);
    std::map<std::string, MaintenanceConfig> entries;
    std::vector<Downtime> windows;
    if (root) {
      const config::Reader reader(mistakes, "maintenance");
      const bool good = config::Codec<std::map<std::string, MaintenanceConfig>>::read(
          *root->find("maintenance"), reader, {.filled = true}, entries);
      if (good) windows = make_downtimes(entries, *root, checks, mistakes);
    }
    said.clear();
    for (const auto& mistake : mistakes.sorted()) said += config::show(mistake) + "\n";
    return windows;
  }
  // "from to", of the period that runs or comes next.
  std::string period(const std::vector<Downtime>& windows, const std::string& now) {
    if (windows.size() != 1) return said;
    const auto found = period_at(windows.front(), utc(now));
    if (!found) return "none";
    return as_rfc3339(found->from).substr(0, 16) + " " + as_rfc3339(found->to).substr(0, 16);
  }
};

TEST_F(Downtimes, AWindowOfOnceHoldsFromItsBeginToBeforeItsEnd) {
  const auto windows = read(
      "  db: { from: 2026-12-01T02:00, to: 2026-12-01T04:00, zone: Europe/Berlin, reason: upgrade "
      "}");
  ASSERT_EQ(windows.size(), 1u) << said;
  EXPECT_EQ(period(windows, "2026-11-01T00:00Z"), "2026-12-01T01:00 2026-12-01T03:00");
  EXPECT_FALSE(covering(windows, *checks[0], utc("2026-12-01T00:59:59Z")));
  EXPECT_TRUE(covering(windows, *checks[0], utc("2026-12-01T01:00Z")));
  EXPECT_TRUE(covering(windows, *checks[0], utc("2026-12-01T02:59:59Z")));
  EXPECT_FALSE(covering(windows, *checks[0], utc("2026-12-01T03:00Z")));
  EXPECT_EQ(period(windows, "2026-12-01T03:00Z"), "none");
}

TEST_F(Downtimes, AnOffsetOutranksTheZone) {
  const auto windows =
      read("  db: { from: 2026-12-01T02:00Z, for: 90m, zone: Europe/Berlin, reason: upgrade }");
  EXPECT_EQ(period(windows, "2026-11-01T00:00Z"), "2026-12-01T02:00 2026-12-01T03:30");
}

TEST_F(Downtimes, AnHourThatComesTwiceIsHeldWhole) {
  const auto windows = read(
      "  db: { from: 2026-10-25T02:00, to: 2026-10-25T02:30, zone: Europe/Berlin, reason: x }");
  EXPECT_EQ(period(windows, "2026-10-01T00:00Z"), "2026-10-25T00:00 2026-10-25T01:30");
}

TEST_F(Downtimes, ARecurringOneComesOnItsDays) {
  const auto windows = read("  weekend: { days: [sat, sun], at: \"02:00\", for: 2h, reason: x }");
  ASSERT_EQ(windows.size(), 1u) << said;
  // 2026-11-27 is a Friday.
  EXPECT_EQ(period(windows, "2026-11-27T12:00Z"), "2026-11-28T02:00 2026-11-28T04:00");
  EXPECT_EQ(period(windows, "2026-11-28T03:59Z"), "2026-11-28T02:00 2026-11-28T04:00");
  EXPECT_EQ(period(windows, "2026-11-28T04:00Z"), "2026-11-29T02:00 2026-11-29T04:00");
  EXPECT_EQ(period(windows, "2026-11-29T04:00Z"), "2026-12-05T02:00 2026-12-05T04:00");
  EXPECT_EQ(schedule_of(windows[0]), "sat, sun 02:00 for 2h, UTC");
}

TEST_F(Downtimes, ADailyOneCrossesMidnightAndTheZonesDay) {
  const auto windows =
      read("  nightly: { at: \"23:30\", for: 1h, zone: America/New_York, reason: x }");
  EXPECT_EQ(period(windows, "2026-12-01T04:45Z"), "2026-12-01T04:30 2026-12-01T05:30");
  EXPECT_EQ(period(windows, "2026-12-01T05:30Z"), "2026-12-02T04:30 2026-12-02T05:30");
}

TEST_F(Downtimes, ALongOneOfAWeekIsFoundFromItsLastDay) {
  const auto windows = read("  move: { days: mon, at: \"00:00\", for: 5d12h, reason: x }");
  EXPECT_EQ(period(windows, "2026-11-28T11:59Z"), "2026-11-23T00:00 2026-11-28T12:00");
  EXPECT_EQ(period(windows, "2026-11-28T12:00Z"), "2026-11-30T00:00 2026-12-05T12:00");
}

TEST_F(Downtimes, WhereTheClocksSkipItsBeginItBeginsWhenTheyDo) {
  const auto windows = read("  n: { at: \"02:30\", for: 1h, zone: Europe/Berlin, reason: x }");
  EXPECT_EQ(period(windows, "2027-03-27T12:00Z"), "2027-03-28T01:00 2027-03-28T02:00");
  EXPECT_EQ(period(windows, "2027-03-28T02:00Z"), "2027-03-29T00:30 2027-03-29T01:30");
}

TEST_F(Downtimes, WhereTheyShowItsBeginTwiceItBeginsOnceAtTheFirst) {
  const auto windows = read("  n: { at: \"02:30\", for: 1h, zone: Europe/Berlin, reason: x }");
  EXPECT_EQ(period(windows, "2026-10-24T12:00Z"), "2026-10-25T00:30 2026-10-25T01:30");
  EXPECT_EQ(period(windows, "2026-10-25T01:30Z"), "2026-10-26T01:30 2026-10-26T02:30");
}

TEST_F(Downtimes, ItIsAsLongAsClocksRunWhenTheyJumpWithin) {
  const auto windows = read("  n: { at: \"01:00\", for: 4h, zone: Europe/Berlin, reason: x }");
  EXPECT_EQ(period(windows, "2027-03-27T12:00Z"), "2027-03-28T00:00 2027-03-28T04:00");
  EXPECT_EQ(period(windows, "2026-10-24T12:00Z"), "2026-10-24T23:00 2026-10-25T03:00");
}

TEST_F(Downtimes, HoldsOnlyWhatItSelectsAndOfSeveralTheLongestCounts) {
  const auto windows = read(
      "  a: { from: 2026-12-01T00:00, for: 1h, reason: short, where: { target: production } }\n"
      "  b: { from: 2026-12-01T00:00, for: 2h, reason: long, where: { kind: [chat, health] } }\n"
      "  c: { from: 2026-12-01T00:00, for: 3h, reason: other, where: { probe: api } }\n");
  const auto cover = covering(windows, *checks[0], utc("2026-12-01T00:30Z"));
  ASSERT_TRUE(cover) << said;
  EXPECT_EQ(cover->downtime->reason, "long");
  EXPECT_EQ(cover->until, utc("2026-12-01T02:00Z"));
  EXPECT_EQ(covering(windows, *checks[1], utc("2026-12-01T00:30Z"))->downtime->reason, "other");
}

TEST_F(Downtimes, TellsWhenTheNextOneBeginsOrEnds) {
  const auto windows = read(
      "  a: { from: 2026-12-01T00:00, for: 3h, reason: x }\n"
      "  b: { from: 2026-12-01T01:00, for: 1h, reason: x }\n");
  EXPECT_EQ(next_change(windows, utc("2026-11-30T00:00Z")), utc("2026-12-01T00:00Z"));
  EXPECT_EQ(next_change(windows, utc("2026-12-01T00:00Z")), utc("2026-12-01T01:00Z"));
  EXPECT_EQ(next_change(windows, utc("2026-12-01T01:00Z")), utc("2026-12-01T02:00Z"));
  EXPECT_EQ(next_change(windows, utc("2026-12-01T02:00Z")), utc("2026-12-01T03:00Z"));
  EXPECT_EQ(next_change(windows, utc("2026-12-01T03:00Z")), std::nullopt);
}

TEST_F(Downtimes, EveryMistakeIsToldAtItsKey) {
  read(
      "  a: { from: tomorrow, for: 1h, reason: x }\n"
      "  b: { from: 2026-12-01T02:00, to: 2026-12-01T01:00, reason: x }\n"
      "  c: { from: 2026-12-01T02:00, to: 2026-12-01T03:00, for: 1h, reason: x }\n"
      "  d: { at: \"25:00\", for: 7d, reason: x, zone: Europe/Brelin }\n"
      "  e: { reason: x, where: { target: prodution } }\n"
      "  f: { from: 2026-12-01T02:00, for: 1h, days: [mon], reason: x }\n"
      "  g: { from: 2026-12-01T02:00, at: \"02:00\", for: 1h, reason: x }\n");
  for (const char* part :
       {"maintenance.a.from: a time is written", "maintenance.b.to: it would end before it begins",
        "maintenance.c.to: say when it ends: either", "maintenance.d.at: a time of the day",
        "maintenance.d.for: at most 6d", "maintenance.d.zone: there is no time zone",
        "maintenance.e.from: say when", "did you mean 'production'?",
        "maintenance.f.days: belongs to 'at'", "maintenance.g.at: it comes either once"})
    EXPECT_THAT(said, HasSubstr(part));
}

TEST_F(Downtimes, AReasonIsNeeded) {
  read("  a: { from: 2026-12-01T02:00, for: 1h }\n");
  EXPECT_THAT(said, HasSubstr("reason"));
}

TEST_F(Downtimes, NoneIsNone) {
  EXPECT_THAT(read("  {}\n"), IsEmpty());
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace sonde::maintenance::downtime_test
