#include "daemon/store/retention.hpp"

#include <gtest/gtest.h>

#include "daemon/store/store_file.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::retention_test {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t megabyte = 1024 * 1024;

struct RetentionTest : testing::Test {
  Home home;
  RetentionSettings keep{.age = std::chrono::days(8), .size = 64 * megabyte};
  WallTime now = std::chrono::system_clock::now();

  ResultPtr result(const MadeResult& made, std::chrono::hours ago) const {
    auto aged = std::make_shared<Result>(made.result());
    aged->started = now - ago;
    return aged;
  }
  std::uint32_t slot(std::chrono::seconds ago, std::chrono::seconds step) const {
    return static_cast<std::uint32_t>((now.time_since_epoch() - ago) / step);
  }
  int tidied(StoreFile& archive) const {
    int steps = 0;
    while (archive.tidy(now)) ++steps;
    return steps;
  }
  std::uintmax_t bytes() const {
    std::error_code none;
    return std::filesystem::file_size(home.file()) +
           std::max<std::uintmax_t>(std::filesystem::file_size(home.path() / "sonde.db-wal", none),
                                    0);
  }
};

TEST_F(RetentionTest, KeepsFailuresForTheAgeAndOtherResultsForAQuarterOfIt) {
  {
    StoreFile archive(home.file(), keep);
    Changes changes;
    for (const auto ago : {24h, 49h, 191h, 194h}) {
      changes.results.insert(changes.results.begin(), result(passed(), ago));
      changes.results.insert(changes.results.begin(), result(refused(), ago));
    }
    ASSERT_TRUE(archive.write(changes));
    tidied(archive);
    EXPECT_FALSE(archive.take_fault());
  }
  EXPECT_EQ(home.ask("SELECT count(*) FROM results"), 2);
  EXPECT_EQ(home.ask("SELECT count(*) FROM evidence"), 3);
  EXPECT_EQ(home.ask("SELECT count(*) FROM transcripts"), 3);
}

TEST_F(RetentionTest, KeepsBucketsAsLongAsAWindowLooksAtThem) {
  {
    StoreFile archive(home.file(), keep);
    Changes changes;
    changes.buckets = {{"s", 0, slot(59min, 10s), 1, 0}, {"s", 0, slot(61min, 10s), 1, 0},
                       {"s", 1, slot(5h, 2min), 1, 0},   {"s", 1, slot(7h, 2min), 1, 0},
                       {"s", 2, slot(23h, 10min), 1, 0}, {"s", 2, slot(25h, 10min), 1, 0},
                       {"s", 3, slot(719h, 1h), 1, 0},   {"s", 3, slot(721h, 1h), 1, 0}};
    ASSERT_TRUE(archive.write(changes));
    tidied(archive);
    const RestoredState remembered = archive.remember(now);
    ASSERT_EQ(remembered.series.size(), 1u);
    EXPECT_EQ(remembered.series[0].buckets.size(), 4u);
  }
}

TEST_F(RetentionTest, KeepsSamplesForAQuarterOfTheAgeAndRunsBesideFailuresForAllOfIt) {
  {
    StoreFile archive(home.file(), keep);
    Changes changes;
    for (const auto ago : {24h, 49h, 191h, 194h})
      for (const bool beside : {false, true}) {
        const auto run = fresh(passed_with_trace(), ago);
        changes.results.insert(changes.results.begin(), run);
        changes.passed.insert(changes.passed.begin(), {run, beside});
      }
    ASSERT_TRUE(archive.write(changes));
    tidied(archive);
    EXPECT_FALSE(archive.take_fault());
  }
  EXPECT_EQ(home.ask("SELECT count(*) FROM evidence WHERE passed = 1"), 1);
  EXPECT_EQ(home.ask("SELECT count(*) FROM evidence WHERE passed = 2"), 3);
  EXPECT_EQ(home.ask("SELECT count(*) FROM transcripts"), 4);
}

TEST_F(RetentionTest, PassedRunsGoBeforeFailures) {
  keep.size = 2 * megabyte;
  {
    StoreFile archive(home.file(), keep);
    MadeResult pass = passed_with_trace();
    MadeResult fail = refused();
    for (MadeResult* made : {&pass, &fail})
      made->trace().exchange({.method = "GET", .url = "http://a/", .body = std::string(4000, 'x')});
    for (int n = 0; n < 200; ++n) {
      Changes changes;
      const auto run = fresh(pass), failure = fresh(fail);
      changes.results = {run};
      if (n % 10 == 0) changes.results.emplace_back(failure);
      changes.passed = {{run, n % 10 == 0}};
      ASSERT_TRUE(archive.write(changes));
      tidied(archive);
    }
    EXPECT_FALSE(archive.take_fault());
  }
  EXPECT_EQ(home.ask("SELECT count(*) FROM evidence WHERE passed = 0"), 20);
  EXPECT_EQ(home.ask("SELECT count(*) FROM evidence WHERE passed = 2"), 20);
  EXPECT_LT(home.ask("SELECT count(*) FROM evidence WHERE passed = 1"), 60);
  EXPECT_GT(home.ask("SELECT count(*) FROM evidence WHERE passed = 1"), 5);
}

TEST_F(RetentionTest, TidiesInSmallSteps) {
  StoreFile archive(home.file(), keep);
  Changes changes;
  changes.results.assign(5000, result(passed(), 100h));
  ASSERT_TRUE(archive.write(changes));
  EXPECT_EQ(tidied(archive), 10);
}

TEST_F(RetentionTest, HoldsAllFilesBelowTheSizeWhateverIsWritten) {
  keep.size = 2 * megabyte;
  StoreFile archive(home.file(), keep);
  MadeResult made = refused();
  for (int n = 0; n < 8; ++n)
    made.trace().exchange({.method = "GET", .url = "http://a/", .body = std::string(4000, 'x')});
  Changes changes = windows(1);
  for (int n = 0; n < 500; ++n) changes.results.push_back(result(passed(), 1h));
  for (int n = 0; n < 5; ++n) changes.results.push_back(result(made, 1h));
  for (int round = 0; round < 40; ++round) {
    ASSERT_TRUE(archive.write(changes)) << round;
    tidied(archive);
    ASSERT_LE(bytes(), keep.size) << "after batch " << round << ", database "
                                  << std::filesystem::file_size(home.file());
  }
  EXPECT_FALSE(archive.take_fault());
  EXPECT_FALSE(archive.evidence({}).empty()) << "rows of passes do not crowd out all evidence";
  EXPECT_EQ(archive.remember(now).series.size(), 2u) << "windows and notes are never its victims";
  EXPECT_EQ(archive.remember(now).notes.size(), 1u);
}

TEST_F(RetentionTest, GivesRoomBackWhenTheSizeIsLowered) {
  {
    StoreFile archive(home.file(), keep);
    Changes changes;
    changes.results.assign(60'000, result(passed(), 1h));
    ASSERT_TRUE(archive.write(changes));
    archive.checkpoint();
  }
  ASSERT_GT(bytes(), megabyte);
  keep.size = megabyte;
  StoreFile archive(home.file(), keep);
  tidied(archive);
  archive.checkpoint();
  EXPECT_LE(bytes(), keep.size);
}

TEST_F(RetentionTest, IsNotHeldUpByWhatWasRecordedUnderAClockThatWasAhead) {
  keep.size = megabyte;
  {
    StoreFile archive(home.file(), keep);
    Changes changes;
    changes.results.assign(60'000, result(passed(), -1000h));
    ASSERT_TRUE(archive.write(changes));
    tidied(archive);
  }
  EXPECT_LT(home.ask("SELECT count(*) FROM results"), 60'000);
}

}  // namespace
}  // namespace sonde::store::retention_test
