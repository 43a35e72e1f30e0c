#include "daemon/app/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sonde::app::shard_test {
namespace {

using testing::HasSubstr;

std::vector<std::shared_ptr<const Check>> many_checks() {
  std::vector<std::shared_ptr<const Check>> checks;
  for (const char* target : {"production", "staging", "eu", "us"}) {
    for (int number = 0; number < 500; ++number) {
      auto check = std::make_shared<Check>();
      check->name = "probe_" + std::to_string(number);
      check->target = target;
      checks.push_back(check);
    }
  }
  return checks;
}

Shard shard(std::size_t index, std::size_t count, std::size_t replicas = 1) {
  return {.index = index, .count = count, .replicas = replicas};
}

// How many of the shards run the check.
std::size_t runners(const Check& check, std::size_t count, std::size_t replicas) {
  std::size_t found = 0;
  for (std::size_t index = 0; index < count; ++index)
    found += runs(shard(index, count, replicas), check) ? 1 : 0;
  return found;
}

TEST(Shards, EachCheckIsRunByAsManyAsThereAreReplicas) {
  for (const auto& check : many_checks()) {
    EXPECT_EQ(runners(*check, 1, 1), 1u);
    EXPECT_EQ(runners(*check, 3, 1), 1u);
    EXPECT_EQ(runners(*check, 5, 2), 2u);
    EXPECT_EQ(runners(*check, 4, 4), 4u);
  }
}

TEST(Shards, HaveAboutTheSameNumberOfChecks) {
  const auto all = many_checks();
  for (std::size_t index = 0; index < 4; ++index) {
    const double part = static_cast<double>(of_shard(shard(index, 4), all).size());
    EXPECT_NEAR(part, static_cast<double>(all.size()) / 4, 75) << index;
  }
}

TEST(Shards, FromThreeToFourAboutAQuarterMovesAndAllOfItToTheNewOne) {
  std::size_t moved = 0;
  const auto all = many_checks();
  for (const auto& check : all) {
    for (std::size_t index = 0; index < 3; ++index) {
      const bool before = runs(shard(index, 3), *check), after = runs(shard(index, 4), *check);
      EXPECT_FALSE(after && !before) << "nothing moves between those that were there";
      if (before && !after) {
        ++moved;
        EXPECT_TRUE(runs(shard(3, 4), *check));
      }
    }
  }
  EXPECT_NEAR(static_cast<double>(moved), static_cast<double>(all.size()) / 4, 75);
}

TEST(Shards, WithTwoReplicasLosingAnyOneLosesNoCheck) {
  const auto all = many_checks();
  for (std::size_t lost = 0; lost < 3; ++lost) {
    for (const auto& check : all) {
      bool is_run = false;
      for (std::size_t index = 0; index < 3; ++index)
        is_run = is_run || (index != lost && runs(shard(index, 3, 2), *check));
      EXPECT_TRUE(is_run) << check->name;
    }
  }
}

TEST(Shards, KeepTheOrderOfTheirChecks) {
  const auto all = many_checks();
  const auto kept = of_shard(shard(1, 3), all);
  auto next = all.begin();
  for (const auto& check : kept) {
    next = std::find(next, all.end(), check);
    ASSERT_NE(next, all.end());
  }
}

TEST(Shards, SayWhoRunsAProbe) {
  const auto all = many_checks();
  const CheckNames one{.probe = "probe_7", .kind = {}, .target = "staging"};
  const auto check = std::ranges::find_if(
      all, [&](const auto& each) { return each->name == one.probe && each->target == one.target; });
  for (std::size_t index = 0; index < 3; ++index)
    if (runs(shard(index, 3), **check)) {
      EXPECT_EQ(who_runs(shard(0, 3), all, one), "shard " + std::to_string(index) + " of 3 does");
    }
  EXPECT_EQ(who_runs(shard(0, 2, 2), all, one), "shards 0 and 1 of 2 do");
  EXPECT_EQ(who_runs(shard(1, 3, 3), all, one), "shards 0, 1 and 2 of 3 do");
  EXPECT_EQ(who_runs(shard(1, 3), all, {.probe = {}, .kind = {}, .target = "us"}),
            "shards 0, 1 and 2 of 3 do");
  EXPECT_EQ(who_runs(shard(0, 3), all, {.probe = "probe_7", .kind = {}, .target = "mars"}), "");
}

TEST(ShardOf, TakesANumberOrThePodOfAStatefulSet) {
  for (const char* index : {"2", "sonde-2", "probe-7-2", "02"}) {
    const auto made = shard_of(index, 3, 2);
    ASSERT_TRUE(made) << index << ": " << made.error();
    EXPECT_EQ(made->index, 2u) << index;
    EXPECT_FALSE(made->is_whole());
  }
  EXPECT_TRUE(shard_of("0", 1, 1)->is_whole());
}

TEST(ShardOf, RefusesWhatNamesNoShard) {
  for (const char* index : {"", "3", "sonde", "2-sonde", "-", "-1", "99999999999999999999999"}) {
    const auto made = shard_of(index, 3, 1);
    ASSERT_FALSE(made) << index;
    EXPECT_THAT(made.error(), HasSubstr("--shard.index: expected 0 to 2"));
  }
  EXPECT_THAT(shard_of("0", 0, 1).error(), HasSubstr("--shard.count: expected 1 to 256, is 0"));
  EXPECT_THAT(shard_of("0", 257, 1).error(), HasSubstr("--shard.count"));
  EXPECT_THAT(shard_of("0", 3, 4).error(), HasSubstr("--shard.replicas: expected 1 to 3"));
  EXPECT_THAT(shard_of("0", 3, 0).error(), HasSubstr("--shard.replicas"));
}

}  // namespace
}  // namespace sonde::app::shard_test
