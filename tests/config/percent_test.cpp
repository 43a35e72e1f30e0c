#include "config/percent.hpp"

#include <gtest/gtest.h>

namespace sonde::config::percent_test {
namespace {

// The share that a text says; -1: it is refused.
double read(const std::string& text) {
  Mistakes mistakes;
  Percent percent{.share = -1};
  const bool good = Codec<Percent>::read(scalar(text, false), Reader(mistakes), {}, percent);
  return good ? percent.share : -1;
}

TEST(Percent, IsAShareOfAWhole) {
  EXPECT_DOUBLE_EQ(read("80%"), 0.8);
  EXPECT_DOUBLE_EQ(read("0%"), 0);
  EXPECT_DOUBLE_EQ(read("99.5%"), 0.995);
  EXPECT_DOUBLE_EQ(read("100%"), 1);
}

TEST(Percent, WithoutItsSignOrBeyondTheWholeIsAMistake) {
  for (const std::string text : {"80", "0.8", "101%", "-1%", "%", "eighty%"})
    EXPECT_EQ(read(text), -1) << text;
}

TEST(Percent, AMistakeSaysWhatIsWrongWithIt) {
  const auto why = [](const std::string& text) {
    Mistakes mistakes;
    Percent percent;
    EXPECT_FALSE(Codec<Percent>::read(scalar(text, false), Reader(mistakes), {}, percent));
    return mistakes.sorted().front().text;
  };
  EXPECT_TRUE(why("150%").ends_with("; it is more than 100%"));
  EXPECT_TRUE(why("-1%").ends_with("; it is less than 0%"));
  EXPECT_TRUE(why("80").ends_with("; the % is missing"));
}

TEST(Percent, IsShownAsItIsWritten) { EXPECT_EQ(Codec<Percent>::show({.share = 0.8}), "80%"); }

}  // namespace
}  // namespace sonde::config::percent_test
