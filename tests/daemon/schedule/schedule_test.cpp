#include "daemon/schedule/schedule.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace sonde::schedule::schedule_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant at(Span since) { return Instant(since); }

TEST(Schedule, BeatsOnTheGridOfItsPhase) {
  Schedule schedule;
  schedule.add(7, seconds(3), seconds(10), at(seconds(100)));
  EXPECT_EQ(schedule.next(), at(seconds(103)));
  EXPECT_TRUE(schedule.take_due(at(seconds(102))).empty());
  auto due = schedule.take_due(at(seconds(103)));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].id, 7u);
  EXPECT_EQ(due[0].scheduled, at(seconds(103)));
  EXPECT_EQ(due[0].skipped, 0u);
  EXPECT_EQ(schedule.next(), at(seconds(113)));
}

TEST(Schedule, AddedOnItsBeatWaitsForTheNext) {
  Schedule schedule;
  schedule.add(0, seconds(3), seconds(10), at(seconds(103)));
  EXPECT_EQ(schedule.next(), at(seconds(113)));
}

TEST(Schedule, ALateTakerDoesNotShiftTheGrid) {
  Schedule schedule;
  schedule.add(0, Span::zero(), seconds(10), at(seconds(1)));
  auto due = schedule.take_due(at(milliseconds(10'400)));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].scheduled, at(seconds(10)));
  EXPECT_EQ(schedule.next(), at(seconds(20)));
}

TEST(Schedule, MissedBeatsAreCountedAndNeverMadeUpFor) {
  Schedule schedule;
  schedule.add(0, Span::zero(), seconds(10), at(seconds(1)));
  auto due = schedule.take_due(at(seconds(45)));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].scheduled, at(seconds(40)));
  EXPECT_EQ(due[0].skipped, 3u);
  EXPECT_TRUE(schedule.take_due(at(seconds(49))).empty());
  EXPECT_EQ(schedule.next(), at(seconds(50)));
}

TEST(Schedule, NoBeatIsLostOrMadeTwiceHoweverItIsTaken) {
  Schedule schedule;
  std::mt19937 random(1);
  const Span every[] = {milliseconds(10), milliseconds(25), seconds(1)};
  for (std::size_t id = 0; id < 3; ++id)
    schedule.add(id, milliseconds(id), every[id], at(Span::zero()));
  std::uint64_t beats[3] = {};
  Span now{};
  while (now < seconds(60)) {
    now += milliseconds(random() % 40);
    for (const Tick& beat : schedule.take_due(at(now))) beats[beat.id] += 1 + beat.skipped;
  }
  for (std::size_t id = 0; id < 3; ++id) {
    const auto first = id == 0 ? every[0] : Span(milliseconds(id));  // phase 0 is now, so the next
    EXPECT_EQ(beats[id], static_cast<std::uint64_t>((now - first) / every[id] + 1)) << id;
  }
}

TEST(Schedule, GivesTheEarliestFirst) {
  Schedule schedule;
  for (std::size_t id = 0; id < 5; ++id)
    schedule.add(id, seconds(5 - static_cast<int>(id)), seconds(10), at(Span::zero()));
  auto due = schedule.take_due(at(seconds(6)));
  ASSERT_EQ(due.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(due[i].id, 4 - i);
}

TEST(Schedule, ARemovedCheckBeatsNoMore) {
  Schedule schedule;
  for (std::size_t id = 0; id < 4; ++id) schedule.add(id, seconds(1), seconds(2), at(Span::zero()));
  schedule.remove({0, 2});
  EXPECT_EQ(schedule.size(), 2u);
  auto due = schedule.take_due(at(seconds(1)));
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[0].id + due[1].id, 4u);
  schedule.remove({1, 3});
  EXPECT_EQ(schedule.next(), std::nullopt);
}

TEST(Schedule, NearBeatsAreWaitedForTogether) {
  Schedule schedule;
  EXPECT_EQ(schedule.last_within(milliseconds(3)), std::nullopt);
  std::size_t id = 0;
  for (const int phase : {24, 20, 22, 23, 40, 23})
    schedule.add(id++, milliseconds(phase), seconds(1), at(Span::zero()));
  EXPECT_EQ(schedule.last_within(milliseconds(3)), at(milliseconds(23)));
  EXPECT_EQ(schedule.last_within(milliseconds(0)), at(milliseconds(20)));
  schedule.take_due(at(milliseconds(23)));
  EXPECT_EQ(schedule.last_within(milliseconds(3)), at(milliseconds(24)));
}

TEST(Schedule, TheLastBeatWithinAWindowIsThatOfAllBeats) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Schedule schedule;
    std::set<Span> phases;
    for (std::size_t id = 0; id < 50; ++id) {
      const Span phase = milliseconds(1 + random() % 200);
      phases.insert(phase);
      schedule.add(id, phase, seconds(1), at(Span::zero()));
    }
    const Span window = milliseconds(random() % 100);
    const Span last = *std::prev(phases.upper_bound(*phases.begin() + window));
    EXPECT_EQ(schedule.last_within(window), at(last));
  }
}

TEST(Schedule, HoldsTenThousandChecks) {
  Schedule schedule;
  for (std::size_t id = 0; id < 10'000; ++id)
    schedule.add(id, phase_of("p" + std::to_string(id), "t", seconds(5)), seconds(5),
                 at(Span::zero()));
  std::size_t beats = 0;
  for (Span now{}; now < seconds(50); now += milliseconds(1))
    beats += schedule.take_due(at(now)).size();
  EXPECT_GE(beats, 99'000u);
  EXPECT_LE(beats, 100'000u);
}

TEST(Phase, IsTheSameInEveryProcess) {
  EXPECT_EQ(phase_of("chat", "staging", seconds(60)), phase_of("chat", "staging", seconds(60)));
  EXPECT_NE(phase_of("chat", "staging", seconds(60)), phase_of("chat", "production", seconds(60)));
  EXPECT_NE(phase_of("ab", "c", seconds(60)), phase_of("a", "bc", seconds(60)));
  EXPECT_EQ(phase_of("chat", "staging", seconds(60)).count(), 21'942'294'304);
}

TEST(Phase, SpreadsChecksEvenlyOverTheInterval) {
  int tenths[10] = {};
  for (int i = 0; i < 10'000; ++i) {
    const Span phase = phase_of("probe" + std::to_string(i), "t", seconds(10));
    ASSERT_GE(phase, Span::zero());
    ASSERT_LT(phase, seconds(10));
    ++tenths[phase / seconds(1)];
  }
  for (int count : tenths) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace sonde::schedule::schedule_test
