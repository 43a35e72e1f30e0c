#include "probes/auth/state_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sonde::auth::state_file_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct StateFileTest : testing::Test {
  StateFileTest() {
    std::string pattern = (fs::temp_directory_path() / "sonde-state-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    folder = pattern;
  }
  ~StateFileTest() override { fs::remove_all(folder); }

  std::string path() const { return folder / "token"; }
  void write(const fs::path& file, const std::string& text) const {
    std::ofstream(file) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  }
  static std::string text_of(const fs::path& file) {
    std::ostringstream all;
    all << std::ifstream(file).rdbuf();
    return all.str();
  }

  fs::path folder;
};

TEST_F(StateFileTest, KeepsATextForItsOwnerAlone) {
  const auto file = StateFile::open(path());
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ((*file)->read(), "");
  ASSERT_TRUE((*file)->write("secret"));
  EXPECT_EQ((*file)->read(), "secret");
  EXPECT_EQ(fs::status(path()).permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(StateFile::open(path())) << "another login has it";
}

TEST_F(StateFileTest, ALinkInThePlaceOfTheLockIsNotFollowed) {
  write(folder / "precious", "precious");
  fs::create_symlink(folder / "precious", path() + ".lock");
  const auto file = StateFile::open(path());
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error(), HasSubstr("symbolic link"));
  EXPECT_EQ(text_of(folder / "precious"), "precious");
}

TEST_F(StateFileTest, ALinkInThePlaceOfTheFileIsNotReadAndIsReplaced) {
  write(folder / "precious", "precious");
  fs::create_symlink(folder / "precious", path());
  const auto file = StateFile::open(path());
  ASSERT_TRUE(file) << file.error();
  const auto read = (*file)->read();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("symbolic link"));
  ASSERT_TRUE((*file)->write("secret"));
  EXPECT_EQ(text_of(folder / "precious"), "precious");
  EXPECT_EQ((*file)->read(), "secret");
}

TEST_F(StateFileTest, AFifoBlocksNothing) {
  ASSERT_EQ(::mkfifo((path() + ".lock").c_str(), 0600), 0);
  const auto locked = StateFile::open(path());
  ASSERT_FALSE(locked);
  EXPECT_THAT(locked.error(), HasSubstr("not a regular file"));
  fs::remove(path() + ".lock");
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const auto file = StateFile::open(path());
  ASSERT_TRUE(file) << file.error();
  const auto read = (*file)->read();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("not a regular file"));
}

TEST_F(StateFileTest, AFolderIsNoFile) {
  fs::create_directory(path());
  const auto file = StateFile::open(path());
  ASSERT_TRUE(file) << file.error();
  EXPECT_THAT((*file)->read().error(), HasSubstr("not a regular file"));
}

TEST_F(StateFileTest, WhatOthersMayReadIsRefused) {
  write(path(), "secret");
  fs::permissions(path(), fs::perms::group_read, fs::perm_options::add);
  const auto file = StateFile::open(path());
  ASSERT_TRUE(file) << file.error();
  EXPECT_THAT((*file)->read().error(), HasSubstr("chmod 600"));
}

TEST(FolderOf, IsWhatStandsBeforeTheLastSlash) {
  EXPECT_EQ(folder_of("/var/lib/sonde/token"), "/var/lib/sonde/");
  EXPECT_EQ(folder_of("token"), ".");
}

}  // namespace
}  // namespace sonde::auth::state_file_test
