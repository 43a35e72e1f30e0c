#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "daemon/store/backlog.hpp"
#include "tests/daemon/store/home.hpp"

namespace sonde::store::disk_test {
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

  // The write that notices that a file is gone fails, and is made again after a rest.
  static void keep_at_last(Running& store, Changes changes) {
    store.keep(std::move(changes));
    store.settle();
  }
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

TEST_F(DiskTest, OfMoreThanFitsOnAFullDiskIsKeptWhatFits) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(many_notes(0, 10)));
    const FullDisk full(600'000);
    EXPECT_FALSE(store.keep(many_notes(10, 2000)));
    EXPECT_TRUE(store->facts().degraded);
    EXPECT_TRUE(store.stop()) << "in time";
  }
  const std::size_t kept = Running(home.settings()).remembered.notes.size();
  EXPECT_GT(kept, 200u);
  EXPECT_LT(kept, 2000u);
}

TEST_F(DiskTest, ADatabaseThatIsRemovedIsMadeAgainWithItsStatesAndWindows) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(windows(1)));
    ASSERT_TRUE(store.keep(many_notes(0, 10)));
    std::filesystem::remove(home.file());
    std::filesystem::remove(home.path() / "sonde.db-wal");
    keep_at_last(store, many_notes(10, 10));
    EXPECT_FALSE(store->facts().degraded);
    EXPECT_TRUE(store.stop());
  }
  const Running again(home.settings());
  EXPECT_EQ(again.remembered.notes.size(), 20 + windows(1).notes.size());
  EXPECT_EQ(again.remembered.series.size(), 2u);
}

TEST_F(DiskTest, ALogOrALockOrAFolderThatIsRemovedIsNoticed) {
  for (const char* gone : {"sonde.db-wal", "sonde.lock", "sonde.db", ""}) {
    const Home own;
    {
      Running store(own.settings());
      ASSERT_TRUE(store.keep(many_notes(0, 10))) << gone;
      std::filesystem::remove_all(*gone == '\0' ? own.path() : own.path() / gone);
      keep_at_last(store, many_notes(10, 1));
      EXPECT_FALSE(store->facts().degraded) << gone << ": " << store->facts().why;
      EXPECT_TRUE(store.stop()) << gone;
    }
    EXPECT_EQ(Running(own.settings()).remembered.notes.size(), 11u) << gone;
  }
}

TEST_F(DiskTest, AFileThatIsReplacedIsNotWrittenWithoutAName) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(many_notes(0, 10)));
    const auto copy = home.path() / "copy";
    std::filesystem::copy_file(home.file(), copy);
    std::filesystem::rename(copy, home.file());
    keep_at_last(store, many_notes(10, 1));
    EXPECT_TRUE(store.stop());
  }
  EXPECT_EQ(Running(home.settings()).remembered.notes.size(), 11u);
}

TEST_F(DiskTest, LinksAndFifosInTheFolderAreRefusedAndTheirTargetsStay) {
  for (const char* name : {"sonde.lock", "sonde.db"}) {
    const Home own;
    const auto precious = own.path() / "precious";
    std::ofstream(precious) << "precious";
    std::filesystem::create_symlink(precious, own.path() / name);
    {
      Running store(own.settings());
      ASSERT_TRUE(store) << store.refusal;
      EXPECT_TRUE(store->facts().degraded) << name;
      EXPECT_NE(store->facts().why.find("symbolic link"), std::string::npos) << store->facts().why;
      EXPECT_TRUE(store.stop());
    }
    EXPECT_EQ(own.bytes("precious"), "precious") << name;
    std::filesystem::remove(own.path() / name);
    ASSERT_EQ(::mkfifo((own.path() / name).c_str(), 0600), 0);
    Running store(own.settings());
    ASSERT_TRUE(store) << store.refusal;
    EXPECT_NE(store->facts().why.find("not a regular file"), std::string::npos)
        << store->facts().why;
    EXPECT_TRUE(store.stop());
  }
  std::ofstream(home.path() / "precious") << "precious";
  std::filesystem::create_hard_link(home.path() / "precious", home.path() / "sonde.lock");
  Running store(home.settings());
  EXPECT_TRUE(store->facts().degraded);
  EXPECT_EQ(home.bytes("precious"), "precious");
  EXPECT_TRUE(store.stop());
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
}  // namespace sonde::store::disk_test
