#include "config/load.hpp"

#include <gtest/gtest.h>

#include "config/schema.hpp"
#include "tests/config/helpers.hpp"

namespace sonde::config::load_test {
namespace {

struct Loaded {
  std::string json;  // empty: nothing
  std::string told;  // without the folder's name
};

Loaded load_in(const Folder& folder, const std::string& name = "sonde.yaml") {
  Mistakes mistakes;
  const auto root = load(folder / name, mistakes);
  std::string told = lines(mistakes);
  const std::string prefix = (folder / "").string();
  for (std::size_t at = 0; (at = told.find(prefix, at)) != std::string::npos;)
    told.erase(at, prefix.size());
  EXPECT_TRUE(root || mistakes.any());
  return {root ? to_json(*root, false) : "", told};
}

TEST(Load, JoinsIncludedFilesInAlphabeticalOrder) {
  const Folder folder;
  folder.write("sonde.yaml", "include: [conf.d/*.yaml, one.yaml]\nprobes: {a: 1}\n");
  folder.write("conf.d/2.yaml", "probes: {c: 3}\n");
  folder.write("conf.d/1.yaml", "probes: {b: 2}\nlocation: eu\n");
  folder.write("conf.d/.hidden.yaml", "probes: {h: 2}\n");
  folder.write("conf.d/readme.txt", "no YAML: [\n");
  folder.write("one.yaml", "probes: {d: 4}\n");
  const Loaded loaded = load_in(folder);
  EXPECT_EQ(loaded.told, "");
  EXPECT_EQ(loaded.json, R"({"probes":{"a":1,"b":2,"c":3,"d":4},"location":"eu"})");
}

TEST(Load, ShowsBothPlacesOfANameGivenTwice) {
  const Folder folder;
  folder.write("sonde.yaml", "include: b.yaml\nlocation: eu\nprobes:\n  chat: 1\n");
  folder.write("b.yaml", "location: us\nprobes:\n  chat: 2\n");
  const Loaded loaded = load_in(folder);
  EXPECT_EQ(loaded.told.find("b.yaml:1:1: location: is given twice; first at "), 0U);
  EXPECT_NE(loaded.told.find("b.yaml:3:3: probes.chat: is given twice; first at sonde.yaml:4:3"),
            std::string::npos);
  EXPECT_EQ(loaded.json, R"({"location":"eu","probes":{"chat":1}})");
}

TEST(Load, IncludesStandBesideTheFileThatNamesThem) {
  const Folder folder;
  folder.write("sonde.yaml", "include: a/a.yaml\n");
  folder.write("a/a.yaml", "include: b.yaml\nx: 1\n");
  folder.write("a/b.yaml", "y: 2\n");
  EXPECT_EQ(load_in(folder).json, R"({"x":1,"y":2})");
}

TEST(Load, ReadsEachFileOnce) {
  const Folder folder;
  folder.write("sonde.yaml", "include: ['*.yaml', b.yaml]\na: {x: 1}\n");
  folder.write("b.yaml", "include: [sonde.yaml, ./b.yaml]\na: {y: 1}\n");
  EXPECT_EQ(load_in(folder).told, "");
  EXPECT_EQ(load_in(folder).json, R"({"a":{"x":1,"y":1}})");
}

TEST(Load, APatternInAFoldersNameIsRefused) {
  const Folder folder;
  folder.write("sonde.yaml", "include: ['*/b.yaml']\na: 1\n");
  EXPECT_EQ(load_in(folder).json, "");
  EXPECT_EQ(load_in(folder).told,
            "sonde.yaml:1:11: include: * ? [ can stand only in the name of the file, not of its "
            "directory\n");
}

TEST(Load, APatternThatMatchesNothingIsAWarning) {
  const Folder folder;
  folder.write("sonde.yaml", "include: ['none*.yaml']\na: 1\n");
  const Loaded loaded = load_in(folder);
  EXPECT_EQ(loaded.told, "sonde.yaml:1:11: warning: include: no file matches 'none*.yaml'\n");
  EXPECT_EQ(loaded.json, R"({"a":1})");
}

TEST(Load, AFileThatIsMissingIsAMistake) {
  const Folder folder;
  folder.write("sonde.yaml", "include: [gone.yaml]\na: 1\n");
  EXPECT_EQ(load_in(folder).told,
            "sonde.yaml:1:11: include: gone.yaml cannot be opened: No such file or directory\n");
  EXPECT_EQ(load_in(folder).json, "");
}

TEST(Load, TellsTheMistakesOfEveryFile) {
  const Folder folder;
  folder.write("sonde.yaml", "include: [a.yaml, b.yaml]\n");
  folder.write("a.yaml", "x: [\n");
  folder.write("b.yaml", "- 1\n");
  EXPECT_EQ(load_in(folder).told,
            "a.yaml:1:4: this [ is not closed\nb.yaml:1:1: a mapping is expected here\n");
}

TEST(Load, WhatIsNoFileGetsOneClearLine) {
  const Folder folder;
  std::filesystem::create_directory(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  folder.write("empty", "");
  folder.write("large", std::string(1024 * 1024 + 1, '#'));
  EXPECT_EQ(load_in(folder, "folder").told, "folder: is a directory, not a file\n");
  EXPECT_EQ(load_in(folder, "fifo").told, "fifo: is not a regular file\n");
  EXPECT_EQ(load_in(folder, "gone").told, "gone: cannot be opened: No such file or directory\n");
  EXPECT_EQ(load_in(folder, "empty").told, "empty: is empty; a mapping is expected\n");
  EXPECT_EQ(load_in(folder, "large").told, "large: is larger than 1MB\n");
  Mistakes mistakes;
  EXPECT_FALSE(load("/dev/zero", mistakes));
}

TEST(Load, TheNumberAndDepthOfFilesAreBounded) {
  const Folder folder;
  folder.write("sonde.yaml", "include: '*.yml'\n");
  for (int i = 0; i < 101; ++i)
    folder.write(std::to_string(i) + ".yml", "x" + std::to_string(i) + ": 1\n");
  EXPECT_NE(load_in(folder).told.find("more than 100 files are included"), std::string::npos);
  std::filesystem::remove(folder / "0.yml");
  EXPECT_EQ(load_in(folder).told, "");
  const Folder deep;
  deep.write("sonde.yaml", "include: 1.yaml\n");
  for (int i = 1; i < 7; ++i)
    deep.write(std::to_string(i) + ".yaml", "include: " + std::to_string(i + 1) + ".yaml\n");
  EXPECT_EQ(load_in(deep).told, "5.yaml:1:10: include: files include files more than 5 deep\n");
}

TEST(Load, AnIncludeThatIsNoTextIsAMistake) {
  const Folder folder;
  folder.write("sonde.yaml", "include: [{a: b}]\n");
  EXPECT_EQ(load_in(folder).told,
            "sonde.yaml:1:11: include[0]: a text is expected here, not a mapping\n");
}

}  // namespace
}  // namespace sonde::config::load_test
