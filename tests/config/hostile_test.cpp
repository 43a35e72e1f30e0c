#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "tests/config/helpers.hpp"

namespace sonde::config::hostile_test {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

constexpr std::size_t megabyte = 1024 * 1024;

TEST(HostileYaml, TooManyBytesAreNotEvenLookedAt) {
  EXPECT_EQ(told(std::string(10 * megabyte, '[')), "s.yaml: is larger than 1MB\n");
}

TEST(HostileYaml, DepthIsRefusedInEveryShape) {
  for (const char* step :
       {"[", "{a: ", "{? ", "- ", "? ", "a: [", "- - ? ", "[a: ", "&a [", "[? "}) {
    const std::string text = told(repeated(step, megabyte / std::string_view(step).size()));
    EXPECT_FALSE(text.empty()) << step;
    EXPECT_LT(text.size(), 4000U) << step;
  }
}

TEST(HostileYaml, AMegabyteOfBracketsGetsOneClearLine) {
  EXPECT_EQ(told("a: " + std::string(megabyte - 3, '[')),
            "s.yaml:1:5: a[0]: a key must be a text, not a list or a mapping; or is a bracket not "
            "closed?\n");
}

TEST(HostileYaml, FortyLevelsAreTheLimit) {
  EXPECT_EQ(told("a: " + std::string(39, '[') + std::string(39, ']') + "\n"), "");
  EXPECT_NE(told("a: " + std::string(40, '[') + std::string(40, ']') + "\n").find("40 deep"),
            std::string::npos);
}

TEST(HostileYaml, AliasesThatExplodeAreCountedBeforeTheyAreCopied) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + repeated(before + ", ", 8) + before + "]\n";
  }
  EXPECT_NE(told(bomb).find("more than 100000 values"), std::string::npos);
}

TEST(HostileYaml, AliasesOfALongTextAreCounted) {
  const std::string bomb =
      "a: &a " + std::string(megabyte / 2, 'x') + "\nb: [" + repeated("*a,", 9000) + "]\n";
  EXPECT_NE(told(bomb).find("more than 1MB of text"), std::string::npos);
}

TEST(HostileYaml, AnchorsInAnchorsAreCounted) {
  std::string nested = "v: ";
  for (int i = 0; i < 38; ++i) nested += "&a" + std::to_string(i) + " [";
  nested += repeated("a,", 50'000) + std::string(38, ']') + "\n";
  EXPECT_NE(told(nested).find("more than 100000 values"), std::string::npos);
}

TEST(HostileYaml, AliasesThatNestTooDeepAreRefused) {
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 60; ++i)
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
             "]\n";
  EXPECT_NE(told(chain).find("40 deep, aliases followed"), std::string::npos);
}

TEST(HostileYaml, AnAliasInItsOwnAnchorIsRefused) {
  EXPECT_EQ(told("a: &a [*a]\n"), "s.yaml:1:8: a: an alias cannot stand within its own anchor\n");
  EXPECT_EQ(told("&a a: *a\n"), "");
}

TEST(HostileYaml, BytesThatAreNoTextAreShownByLine) {
  EXPECT_EQ(told("a: 1\nb: \xFF\n"), "s.yaml:2:4: this is not UTF-8\n");
  for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8", "\xC3", "\xE2\x82"})
    EXPECT_EQ(told(std::string("\n\na: ") + bad), "s.yaml:3:4: this is not UTF-8\n");
  EXPECT_EQ(told("a: \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\n"), "");
  EXPECT_EQ(told(std::string_view("a: 1\nb: \0\n", 10)), "s.yaml:2:4: a NUL byte\n");
  EXPECT_EQ(told("a: \x1b[31m\n"), "s.yaml:1:4: a control character\n");
  EXPECT_EQ(told(std::string_view("\xFF\xFE"
                                  "a\0:\0",
                                  6)),
            "s.yaml:1:1: this is not UTF-8\n");
}

TEST(HostileYaml, ATabInTheIndentationIsShown) {
  EXPECT_EQ(told("a:\n\tb: 1\n"), "s.yaml:2:1: a tab in the indentation; use spaces\n");
  EXPECT_EQ(told("a:\n  \tb: 1\n"), "s.yaml:2:3: a tab in the indentation; use spaces\n");
  EXPECT_EQ(told("a:\tb # \t\n"), "");
}

TEST(HostileYaml, ManyKeysTakeNoQuadraticTime) {
  std::string yaml;
  for (int i = 0; i < 49'000; ++i) yaml += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(told(yaml), "");
}

TEST(HostileYaml, ManyDoubleKeysTellABoundedNumberOfMistakes) {
  const std::string all = told(repeated("a: 1\n", 40'000));
  EXPECT_EQ(std::ranges::count(all, '\n'), static_cast<long>(Mistakes::count_max + 1));
}

TEST(HostileYaml, LongLinesOfEveryCharacterEnd) {
  for (const char c : std::string_view("[]{},:?-&*!|>'\"%@`#~ \n\\<"))
    for (const char* before : {"", "a: ", "a: [", "a: {", "a: &"})
      EXPECT_LT(told(before + std::string(megabyte / 16, c)).size(), 4000U) << before << c;
}

// Pieces of YAML in any order: each text is read or refused with a word, and nothing else happens.
TEST(HostileYaml, RandomPiecesNeverCrash) {
  const std::vector<std::string> pieces{
      "a",   ": ", "- ",  "? ",     "[",     "]",     "{",     "}",  ", ", "\n",       "\n  ",
      "&x ", "*x", "!t ", "!!str ", "|",     ">-",    "\n   ", "'",  "\"", "\\x",      "#",
      " ",   "<<", "%",   "@",      "---\n", "...\n", "~",     "{{", "}}", "\xC3\xA4", "1"};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string yaml;
    for (unsigned i = random() % 40; i > 0; --i) yaml += pieces[random() % pieces.size()];
    Mistakes mistakes;
    const bool good = parse(yaml, "s.yaml", mistakes).has_value();
    ASSERT_TRUE(good || mistakes.any()) << yaml;
  }
}

}  // namespace
}  // namespace sonde::config::hostile_test
