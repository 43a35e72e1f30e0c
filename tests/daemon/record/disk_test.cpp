#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "daemon/record/backlog.hpp"
#include "tests/daemon/record/home.hpp"

namespace sonde::record {
namespace {

// While it lives no file of this process grows beyond `bytes`: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

Changes many_notes(int first, int count) {
  Changes changes;
  for (int n = first; n < first + count; ++n)
    changes.notes.push_back({"alert", std::to_string(n), std::string(1000, 'x')});
  return changes;
}

struct DiskTest : testing::Test {
  Home home;
};

TEST_F(DiskTest, AFullDiskCostsNoRowThatFitsOnceThereIsRoomAgain) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(many_notes(0, 10)));
    {
      const FullDisk full(200'000);
      EXPECT_FALSE(store.keep(many_notes(10, 1000)));
      EXPECT_TRUE(store->facts().degraded);
      EXPECT_FALSE(store.keep(many_notes(1010, 10))) << "nobody waits for a disk that fails";
      EXPECT_GE(store->facts().write_errors, 1u);
    }
    EXPECT_TRUE(store.stop()) << "tries once more";
  }
  Running again(home.settings());
  EXPECT_EQ(again.remembered.notes.size(), 1020u);
  EXPECT_EQ(home.asides(), 0u) << "full is not broken";
}

TEST_F(DiskTest, ADiskThatIsFullFromTheStartMakesADegradedStore) {
  Running* store = nullptr;
  {
    const FullDisk full(0);
    store = new Running(home.settings());
    ASSERT_TRUE(*store) << store->refusal;
    EXPECT_TRUE((*store)->facts().degraded);
    EXPECT_FALSE(store->keep(windows(1)));
  }
  EXPECT_TRUE(store->stop());
  delete store;
  EXPECT_EQ(Running(home.settings()).remembered.series.size(), 2u);
}

TEST_F(DiskTest, APathThatCannotBeADirectoryMakesADegradedStore) {
  StorageSettings settings = home.settings();
  home.write("a file");
  settings.path = home.file() / "below";
  Running store(settings);
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->facts().degraded);
  EXPECT_NE(store->facts().why.find("Not a directory"), std::string::npos) << store->facts().why;
  EXPECT_FALSE(store.keep(windows(1)));
  EXPECT_TRUE(store.remembered.series.empty());
  EXPECT_TRUE(store.stop());
}

TEST_F(DiskTest, WhatWaitsForABrokenDiskIsBoundedAndCounted) {
  StorageSettings settings = home.settings();
  home.write("a file");
  settings.path = home.file() / "below";
  Running store(settings);
  Changes changes;
  changes.results.assign(Backlog::results_max, fresh(passed()));
  EXPECT_FALSE(store.keep(changes));
  EXPECT_EQ(store->facts().rows_lost, 0u);
  changes.results.resize(10);
  EXPECT_FALSE(store.keep(changes));
  EXPECT_EQ(store->facts().rows_lost, 10u);
}

}  // namespace
}  // namespace sonde::record
