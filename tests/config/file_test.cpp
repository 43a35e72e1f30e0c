#include "config/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sonde::config::file_test {
namespace {

namespace fs = std::filesystem;

struct FileTest : testing::Test {
  FileTest() {
    std::string pattern = (fs::temp_directory_path() / "sonde-file-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    folder = pattern;
  }
  ~FileTest() override { fs::remove_all(folder); }
  std::string at(const std::string& name) const { return folder / name; }

  fs::path folder;
};

TEST_F(FileTest, OurOwnFileIsMadeForItsOwnerAndKeptAsItIs) {
  const auto made = open_own_file(at("f"), O_RDWR | O_CREAT);
  ASSERT_TRUE(made) << made.error();
  ::close(*made);
  EXPECT_EQ(fs::status(at("f")).permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
  std::ofstream(at("f")) << "content";
  const auto again = open_own_file(at("f"), O_RDWR | O_CREAT);
  ASSERT_TRUE(again) << again.error();
  ::close(*again);
  EXPECT_EQ(fs::file_size(at("f")), 7u);
}

TEST_F(FileTest, LinksFoldersAndFifosAreNoFilesOfOurs) {
  std::ofstream(at("target")) << "content";
  fs::create_symlink(at("target"), at("link"));
  fs::create_symlink(at("nowhere"), at("dangling"));
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  for (const char* name : {"link", "dangling"})
    EXPECT_EQ(open_own_file(at(name), O_RDWR | O_CREAT).error(),
              "is a symbolic link; that is not followed")
        << name;
  EXPECT_FALSE(fs::exists(at("nowhere")));
  EXPECT_EQ(open_own_file(at("fifo"), O_RDWR | O_CREAT).error(), "is not a regular file");
  EXPECT_EQ(open_own_file(at("fifo"), O_RDONLY).error(), "is not a regular file");
  EXPECT_EQ(open_own_file(folder.string(), O_RDONLY).error(), "is not a regular file");
}

TEST_F(FileTest, WhatALibraryWouldBlockOnIsTold) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  std::ofstream(at("file")) << "content";
  EXPECT_EQ(not_regular(at("fifo")), "is not a regular file");
  EXPECT_EQ(not_regular("/dev/zero"), "is not a regular file");
  EXPECT_EQ(not_regular(folder.string()), "is a directory, not a file");
  EXPECT_EQ(not_regular(at("file")), "");
  EXPECT_EQ(not_regular(at("missing")), "") << "that is told when it is opened";
}

TEST_F(FileTest, AFolderThatEverybodyMayWriteInIsTold) {
  EXPECT_EQ(open_to_others(folder.string()), "");
  fs::permissions(folder, fs::perms::all);
  EXPECT_NE(open_to_others(folder.string()), "");
  EXPECT_EQ(open_to_others(at("missing")), "");
}

}  // namespace
}  // namespace sonde::config::file_test
