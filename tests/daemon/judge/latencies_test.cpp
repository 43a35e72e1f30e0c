#include "daemon/judge/latencies.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/judge/made_run.hpp"

namespace sonde::judge::latencies_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Latencies, AQuantileIsOneOfTheSamples) {
  Latencies latencies;
  EXPECT_FALSE(latencies.quantile(0.5, kNoon));
  for (int i : {4, 1, 3, 2}) latencies.add(kNoon, milliseconds(i));
  const std::pair<double, int> wanted[] = {{0, 1},    {0.25, 1}, {0.5, 2}, {0.51, 3},
                                           {0.75, 3}, {0.95, 4}, {1, 4}};
  for (auto [q, value] : wanted)
    EXPECT_EQ(latencies.quantile(q, kNoon)->value, milliseconds(value)) << q;
}

TEST(Latencies, AShareThatIsNotExactInBinaryAddsNoRank) {
  Latencies latencies;
  for (int i = 1; i <= 1000; ++i) latencies.add(kNoon, milliseconds(i));
  for (int percent = 1; percent <= 99; ++percent)
    EXPECT_EQ(latencies.quantile(percent / 100.0, kNoon)->value, milliseconds(10 * percent));
}

TEST(Latencies, KeepsTheLatest) {
  Latencies latencies;
  for (std::size_t i = 0; i < Latencies::samples_max + 100; ++i)
    latencies.add(kNoon + seconds(i), milliseconds(i < 100 ? 1 : 2));
  const auto least = latencies.quantile(0, kNoon);
  EXPECT_EQ(least->samples, Latencies::samples_max);
  EXPECT_EQ(least->value, milliseconds(2));
  EXPECT_EQ(latencies.quantile(0, kNoon + seconds(Latencies::samples_max))->samples, 100u);
}

TEST(Latencies, WhatIsTimedComesOfTheResult) {
  MadeRun run(chat_check(), Verdict::pass(), kNoon);
  run.trace->terminal_event = seconds(3);
  EXPECT_EQ(time_of(*run.done(), Timed::duration), milliseconds(500));
  EXPECT_EQ(time_of(*run.done(), Timed::terminal_event), seconds(3));
  EXPECT_FALSE(time_of(*run.done(), Timed::longest_silence));
  MadeRun failed(chat_check(), missing_event(), kNoon);
  EXPECT_FALSE(time_of(*failed.done(), Timed::duration));
}

}  // namespace
}  // namespace sonde::judge::latencies_test
