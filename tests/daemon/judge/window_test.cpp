#include "daemon/judge/window.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace sonde {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallSeconds kNoon{1'800'000'000};  // on the grid of every tier
constexpr std::array<seconds, 4> kSteps{seconds(10), minutes(2), minutes(10), hours(1)};

TEST(Window, ForgetsABucketWhenItsWindowHasPassed) {
  Window window;
  window.add(true, kNoon);
  EXPECT_EQ(window.over(kWindows[0], kNoon + seconds(299)), (Counts{1, 1}));
  EXPECT_EQ(window.over(kWindows[0], kNoon + seconds(300)), (Counts{0, 0}));
  EXPECT_EQ(window.over(kWindows[1], kNoon + seconds(300)), (Counts{1, 1}));
  EXPECT_EQ(window.over(kWindows[6], kNoon + hours(720)), (Counts{0, 0}));
}

TEST(Window, AgreesWithCountingEverySample) {
  std::mt19937 random(7);
  std::vector<std::pair<WallSeconds, bool>> samples;
  Window window;
  auto now = kNoon;
  for (int i = 0; i < 3000; ++i) {
    now += seconds(random() % (i % 100 == 0 ? 90'000 : 400));
    samples.emplace_back(now, random() % 3 == 0);
    window.add(samples.back().second, now);
    for (const auto& name : kWindows) {
      Counts wanted;
      auto step = kSteps[name.tier];
      for (auto [at, failed] : samples) {
        if (at / step + name.length / step <= now / step) continue;
        ++wanted.attempts;
        wanted.failures += failed ? 1 : 0;
      }
      ASSERT_EQ(window.over(name, now), wanted) << name.label << " after " << i;
    }
  }
}

TEST(Window, CountsTheFutureAsNowAfterAClockThatJumpedBack) {
  Window window;
  window.add(true, kNoon + hours(2000));
  window.add(false, kNoon);
  EXPECT_EQ(window.over(kWindows[0], kNoon), (Counts{2, 1}));
  EXPECT_EQ(window.over(kWindows[0], kNoon + minutes(5)), (Counts{0, 0}));
}

TEST(Window, IsEmptyAfterAClockThatJumpedForward) {
  Window window;
  window.add(true, kNoon);
  for (const auto& name : kWindows)
    EXPECT_EQ(window.over(name, kNoon + hours(9000)), Counts{}) << name.label;
}

TEST(Window, ComesBackAsItWasKept) {
  Window window;
  for (int i = 0; i < 500; ++i) window.add(i % 5 == 0, kNoon + minutes(i));
  auto back = Window::restore(window.tiers());
  for (const auto& name : kWindows)
    EXPECT_EQ(back.over(name, kNoon + minutes(510)), window.over(name, kNoon + minutes(510)));
}

TEST(Window, LeavesOutWhatCannotBeTrue) {
  Window::Tiers kept;
  kept[0] = {{180'000'000, 1, 2}, {180'000'000, 2, 1}, {179'999'999, 5, 0}, {180'000'001, 0, 0}};
  EXPECT_EQ(Window::restore(kept).over(kWindows[0], kNoon), (Counts{2, 1}));
}

TEST(Window, KeepsABoundedNumberOfBuckets) {
  Window window;
  for (int i = 0; i < 300'000; ++i) window.add(false, kNoon + seconds(10 * i));
  std::size_t kept = 0;
  for (const auto& tier : window.tiers()) kept += tier.size();
  EXPECT_EQ(kept, 360u + 180u + 144u + 720u);
}

}  // namespace
}  // namespace sonde
