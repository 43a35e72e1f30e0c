#include "daemon/store/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/daemon/store/home.hpp"

namespace sonde::store::backup_test {
namespace {

namespace fs = std::filesystem;

struct BackupTest : testing::Test {
  Home home, away;
  fs::path copy = away.path() / "copy.db";

  // The number of files in the folder that holds the copy, but not the store.
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(away.path()), fs::directory_iterator());
  }
};

TEST_F(BackupTest, HasWhatTheRunningDaemonHasWritten) {
  Running store(home.settings());
  Changes changes = windows(7);
  changes.results = {fresh(refused()), fresh(passed())};
  ASSERT_TRUE(store.keep(std::move(changes)));
  const auto bytes = back_up(home.settings().path, copy);
  ASSERT_TRUE(bytes) << bytes.error();
  EXPECT_EQ(*bytes, fs::file_size(copy));
  ASSERT_TRUE(store.keep(windows(8))) << "the daemon goes on";
  EXPECT_TRUE(store.stop());

  fs::create_directory(away.path() / "restored");
  fs::rename(copy, away.path() / "restored" / "sonde.db");
  StorageSettings restored = home.settings();
  restored.path = away.path() / "restored";
  Running again(restored);
  ASSERT_EQ(again.remembered.series.size(), 2u);
  EXPECT_EQ(again.remembered.series[0].buckets.at(0).attempts, 7u);
  EXPECT_EQ(again.remembered.failures.size(), 1u);
}

TEST_F(BackupTest, IsForItsOwnerAloneAndComesAsOneFile) {
  Running store(home.settings());
  ASSERT_TRUE(store.keep(windows(7)));
  const auto before = files();
  ASSERT_TRUE(back_up(home.settings().path, copy));
  struct stat facts{};
  ASSERT_EQ(::stat(copy.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(files(), before + 1);
}

TEST_F(BackupTest, OverwritesNothing) {
  Running store(home.settings());
  ASSERT_TRUE(store.keep(windows(7)));
  std::ofstream(copy) << "precious";
  const auto taken = back_up(home.settings().path, copy);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), copy.string() + ": it exists already");
  EXPECT_EQ(fs::file_size(copy), 8u);
  fs::remove(copy);
  fs::create_symlink("nowhere", copy);
  EXPECT_FALSE(back_up(home.settings().path, copy));
  EXPECT_TRUE(fs::is_symlink(copy));
}

TEST_F(BackupTest, SaysWhereThereIsNoStore) {
  const auto none = back_up(away.path() / "none", copy);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().find("none/sonde.db: there is no store yet"), std::string::npos)
      << none.error();
  EXPECT_FALSE(fs::exists(copy));
}

TEST_F(BackupTest, SaysWhereTheCopyCannotBeMade) {
  Running store(home.settings());
  ASSERT_TRUE(store.keep(windows(7)));
  const auto nowhere = back_up(home.settings().path, away.path() / "none" / "copy.db");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().find("No such file or directory"), std::string::npos);
}

TEST_F(BackupTest, OfADamagedStoreIsNoBackup) {
  {
    Running store(home.settings());
    ASSERT_TRUE(store.keep(windows(7)));
    ASSERT_TRUE(store.stop());
  }
  const fs::path database = home.file();
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 + 8);
  file << std::string(3000, '\xff');
  file.close();
  const auto before = files();
  const auto damaged = back_up(home.settings().path, copy);
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().find("damaged"), std::string::npos) << damaged.error();
  EXPECT_EQ(files(), before) << "nothing is left behind";
}

}  // namespace
}  // namespace sonde::store::backup_test
