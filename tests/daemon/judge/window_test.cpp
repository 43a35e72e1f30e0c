#include "daemon/judge/window.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <ranges>
#include <utility>
#include <vector>

#include "tests/daemon/judge/made_run.hpp"

namespace sonde::judge::window_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Tally passed{1, 0}, failed{1, 1};

struct Length {
  seconds asked;
  seconds covered;  // with the running bucket whole
  seconds step;
};
const std::vector<Length> kLengths{{seconds(300), seconds(300), seconds(10)},
                                   {seconds(600), seconds(600), seconds(10)},
                                   {minutes(30), minutes(30), seconds(10)},
                                   {hours(1), hours(1), seconds(10)},
                                   {hours(6), hours(6), minutes(2)},
                                   {hours(24), hours(24), minutes(10)},
                                   {hours(720), hours(720), hours(1)},
                                   // Any other length: rounded up to whole buckets.
                                   {seconds(1), seconds(1), seconds(1)},
                                   {seconds(10), seconds(10), seconds(1)},
                                   {seconds(45), seconds(45), seconds(1)},
                                   {seconds(60), seconds(60), seconds(1)},
                                   {seconds(61), seconds(70), seconds(10)},
                                   {seconds(3601), seconds(3720), minutes(2)},
                                   {hours(2), hours(2), minutes(2)},
                                   {hours(24) + seconds(1), hours(25), hours(1)},
                                   {hours(72), hours(72), hours(1)},
                                   {hours(9000), hours(720), hours(1)}};

Tally counted(const std::vector<std::pair<WallSeconds, Tally>>& samples, const Length& length,
              WallSeconds now) {
  // They stand in the order of time: before one that is too old all are.
  const auto too_old = now / length.step - length.covered / length.step;
  Tally wanted;
  for (const auto& [at, tally] : samples | std::views::reverse) {
    if (at / length.step <= too_old) break;
    wanted.attempts += tally.attempts;
    wanted.failures += tally.failures;
  }
  return wanted;
}

TEST(Window, ForgetsABucketWhenItsWindowHasPassed) {
  Window window;
  window.add(failed, kNoon);
  EXPECT_EQ(window.over(minutes(5), kNoon + seconds(299)), failed);
  EXPECT_EQ(window.over(minutes(5), kNoon + seconds(300)), Tally{});
  EXPECT_EQ(window.over(minutes(10), kNoon + seconds(300)), failed);
  EXPECT_EQ(window.over(hours(720), kNoon + hours(719)), failed);
  EXPECT_EQ(window.over(hours(720), kNoon + hours(720)), Tally{});
}

TEST(Window, AShortOneCoversItsLengthWhereverItsGridLies) {
  for (int offset = 0; offset < 10; ++offset) {
    Window window;
    const auto now = kNoon + seconds(offset);
    for (int i = 0; i < 20; ++i) window.add(i % 2 == 0 ? failed : passed, now - seconds(19 - i));
    EXPECT_EQ(window.over(seconds(10), now), (Tally{10, 5})) << offset;
    EXPECT_EQ(window.over(seconds(15), now).attempts, 15U) << offset;
  }
}

TEST(Window, AShortOneComesBackFromTheBucketsOfTenSeconds) {
  Window window, back;
  for (int i = 0; i < 30; ++i) window.add(failed, kNoon + seconds(i));
  const auto now = kNoon + seconds(29);
  for (const auto& bucket : window.take_changes()) {
    EXPECT_LT(bucket.tier, 4);
    back.restore(bucket);
  }
  EXPECT_EQ(back.over(seconds(30), now), (Tally{30, 30}));
  EXPECT_EQ(back.over(seconds(10), now), (Tally{10, 10}));
  back.add(passed, now + seconds(1));
  EXPECT_EQ(back.over(seconds(11), now + seconds(1)), (Tally{11, 10}));
}

TEST(Window, AgreesWithCountingEverySample) {
  std::mt19937 random(7);
  std::vector<std::pair<WallSeconds, Tally>> samples;
  Window window;
  auto now = kNoon;
  for (int i = 0; i < 3000; ++i) {
    now += seconds(random() % (i % 100 == 0 ? 90'000 : 400));
    const std::uint64_t attempts = 1 + (i % 50 == 0 ? random() % 100'000 : 0);
    samples.emplace_back(now, Tally{attempts, random() % 3 == 0 ? random() % (attempts + 1) : 0});
    window.add(samples.back().second, now);
    for (const auto& length : kLengths) {
      ASSERT_EQ(window.over(length.asked, now), counted(samples, length, now))
          << length.asked.count() << " s after " << i;
      const auto later = now + seconds(random() % 8000);
      ASSERT_EQ(window.over(length.asked, later), counted(samples, length, later))
          << length.asked.count() << " s, asked later, after " << i;
    }
  }
}

TEST(Window, BeginsWhereItsCountBegins) {
  for (const auto& length : kLengths)
    for (seconds now : {kNoon, kNoon + seconds(7), kNoon + seconds(3599)}) {
      const WallSeconds begin = window_begin(length.asked, now);
      Window window;
      window.add(failed, begin - seconds(1));
      EXPECT_EQ(window.over(length.asked, now), Tally{}) << length.asked.count();
      window.add(failed, begin);
      EXPECT_EQ(window.over(length.asked, now), failed) << length.asked.count();
    }
}

TEST(Window, CountsTheFutureAsNowAfterAClockThatJumpedBack) {
  Window window;
  window.add(failed, kNoon + hours(2000));
  window.add(passed, kNoon);
  EXPECT_EQ(window.over(minutes(5), kNoon), (Tally{2, 1}));
  EXPECT_EQ(window.over(minutes(5), kNoon + minutes(5)), Tally{});
}

TEST(Window, KeepsWhatIsNotInTheFutureWhenTheClockJumpsBack) {
  Window window;
  window.add(failed, kNoon - minutes(4));
  window.add(failed, kNoon);
  window.add(failed, kNoon + seconds(30));
  window.settle(kNoon - seconds(60));
  EXPECT_EQ(window.over(minutes(5), kNoon - seconds(60)), (Tally{3, 3}));
  EXPECT_EQ(window.over(minutes(5), kNoon + seconds(60)), (Tally{2, 2})) << "it ages from now on";
}

TEST(Window, AQuestionChangesNothing) {
  Window window;
  window.add(failed, kNoon);
  EXPECT_EQ(window.over(minutes(5), kNoon - hours(1)), failed);
  EXPECT_EQ(window.over(minutes(5), kNoon + hours(1000)), Tally{});
  EXPECT_EQ(window.over(minutes(5), kNoon), failed);
  EXPECT_EQ(window.over(minutes(5), kNoon + seconds(300)), Tally{});
}

TEST(Window, IsEmptyAfterAClockThatJumpedForward) {
  Window window;
  window.add(failed, kNoon);
  for (const auto& name : kWindows) {
    EXPECT_EQ(window.over(name.length, kNoon + hours(9000)), Tally{}) << name.label;
  }
  window.settle(kNoon + hours(9000));
  for (const auto& name : kWindows)
    EXPECT_EQ(window.over(name.length, kNoon + hours(9000)), Tally{}) << name.label;
}

// What is in the store after some changes were written to it.
struct Kept {
  std::map<std::pair<int, std::uint32_t>, Tally> buckets;

  void write(const std::vector<Window::Bucket>& changes) {
    for (const auto& bucket : changes) buckets[{bucket.tier, bucket.slot}] = bucket.tally;
  }
  Window back() const {
    Window window;
    for (const auto& [place, tally] : buckets)
      window.restore({static_cast<std::uint8_t>(place.first), place.second, tally});
    return window;
  }
};

TEST(Window, ComesBackAsItWasKept) {
  std::mt19937 random(11);
  Window window;
  Kept kept;
  auto now = kNoon;
  for (int i = 0; i < 2000; ++i) {
    now += seconds(random() % 700);
    window.add({1 + random() % 3, random() % 2}, now);
    if (random() % 4 == 0) kept.write(window.take_changes());
  }
  kept.write(window.take_changes());
  const Window back = kept.back();
  for (const auto& name : kWindows)
    EXPECT_EQ(back.over(name.length, now + minutes(3)), window.over(name.length, now + minutes(3)))
        << name.label;
}

TEST(Window, TellsOnlyTheBucketsThatChanged) {
  Window window;
  EXPECT_TRUE(window.take_changes().empty());
  window.add(failed, kNoon);
  const std::vector<Window::Bucket> first{{0, 180'000'000, failed},
                                          {1, 15'000'000, failed},
                                          {2, 3'000'000, failed},
                                          {3, 500'000, failed}};
  EXPECT_EQ(window.take_changes(), first);
  EXPECT_TRUE(window.take_changes().empty());
  window.add(passed, kNoon + seconds(10));
  const auto second = window.take_changes();
  ASSERT_EQ(second.size(), 4u);
  EXPECT_EQ(second[0], (Window::Bucket{0, 180'000'001, passed}));
  EXPECT_EQ(second[1], (Window::Bucket{1, 15'000'000, {2, 1}}));
  EXPECT_TRUE(Kept{}.back().take_changes().empty()) << "what was restored is in the store already";
}

TEST(Window, ForgetsInTheStoreWhatLayInTheFuture) {
  Window window;
  Kept kept;
  window.add(failed, kNoon + hours(2000));
  kept.write(window.take_changes());
  window.add(passed, kNoon);
  kept.write(window.take_changes());
  for (const auto& name : kWindows)
    EXPECT_EQ(kept.back().over(name.length, kNoon), (Tally{2, 1})) << name.label;
  EXPECT_EQ(kept.back().over(minutes(5), kNoon + minutes(5)), Tally{});
}

TEST(Window, LeavesOutWhatCannotBeTrue) {
  Window window;
  for (const BucketRing::Bucket& bucket : std::vector<BucketRing::Bucket>{{180'000'000, {1, 2}},
                                                                          {180'000'000, {2, 1}},
                                                                          {179'999'999, {5, 0}},
                                                                          {180'000'001, {0, 0}}})
    window.restore({0, bucket.slot, bucket.tally});
  window.restore({4, 180'000'000, {1, 1}});
  EXPECT_EQ(window.over(minutes(5), kNoon), (Tally{2, 1}));
}

TEST(Window, KeepsABoundedNumberOfBuckets) {
  Window window;
  for (int i = 0; i < 300'000; ++i) window.add(passed, kNoon + seconds(10 * i));
  EXPECT_EQ(window.take_changes().size(), 360u + 180u + 144u + 720u);
  const auto last = kNoon + seconds(10 * 299'999);
  EXPECT_EQ(window.over(hours(1), last), (Tally{360, 0}));
  EXPECT_EQ(window.over(hours(720), last).attempts / 360, 719u) << "the running hour is not whole";
}

TEST(Window, HoldsWhatAProbeOfEveryTenMillisecondsCounts) {
  Window window;
  for (int hour = 0; hour < 720; ++hour) window.add({360'000, 1}, kNoon + hours(hour));
  EXPECT_EQ(window.over(hours(720), kNoon + hours(719)), (Tally{720 * 360'000ULL, 720}));
}

TEST(Window, ABucketThatIsFullStaysFull) {
  Window window;
  for (int i = 0; i < 3; ++i) window.add({4'294'967'295U, 4'294'967'295U}, kNoon);
  EXPECT_EQ(window.over(minutes(5), kNoon), (Tally{4'294'967'295U, 4'294'967'295U}));
}

}  // namespace
}  // namespace sonde::judge::window_test
