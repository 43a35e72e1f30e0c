#include "config/codec.hpp"

#include <gtest/gtest.h>

#include "tests/config/helpers.hpp"

namespace sonde::config::codec_test {
namespace {

using namespace std::chrono_literals;

enum class Colour { red, green, blue };
std::span<const Named<Colour>> names_of(const Colour*) {
  static constexpr Named<Colour> names[] = {
      {"red", Colour::red}, {"green", Colour::green}, {"blue", Colour::blue}};
  return names;
}

// Reads `yaml` (the key v) as a T; what was wrong with it goes to `wrong`.
template <class T>
std::optional<T> read(const std::string& yaml, const Rule& rule = {},
                      std::string* wrong = nullptr) {
  Mistakes mistakes;
  T out{};
  const bool good = Codec<T>::read(value_of("v: " + yaml), Reader(mistakes, "v"), rule, out);
  EXPECT_EQ(good, !mistakes.any()) << "a false without a word, or the other way round";
  if (wrong) *wrong = mistakes.any() ? mistakes.sorted().front().text : "";
  return good ? std::optional(out) : std::nullopt;
}

template <class T>
std::string wrong(const std::string& yaml, const Rule& rule = {}) {
  std::string text;
  EXPECT_FALSE(read<T>(yaml, rule, &text)) << yaml;
  return text;
}

TEST(Codec, ARelativePathStartsAtTheFolderOfItsFile) {
  const Place place{.file = std::make_shared<const std::string>("/etc/sonde/conf.d/x.yaml")};
  EXPECT_EQ(beside(place, "ca.pem"), "/etc/sonde/conf.d/ca.pem");
  EXPECT_EQ(beside(place, "/etc/ssl/ca.pem"), "/etc/ssl/ca.pem");
  EXPECT_EQ(beside(place, ""), "");
}

TEST(Codec, ReadsTextsAsTheyWereWritten) {
  EXPECT_EQ(read<std::string>("hello"), "hello");
  EXPECT_EQ(read<std::string>("1.20"), "1.20");
  EXPECT_EQ(read<std::string>("''"), "");
  EXPECT_EQ(wrong<std::string>("[a]"), "a text is expected here, not a list");
  EXPECT_EQ(wrong<std::string>(""), "a text is expected here, not nothing");
  EXPECT_EQ(wrong<std::string>("''", {.filled = true}), "must not be empty");
}

TEST(Codec, ReadsOneOfSomeTexts) {
  const Rule rule{.one_of = {"header", "query", "cookie"}};
  EXPECT_EQ(read<std::string>("query", rule), "query");
  EXPECT_EQ(wrong<std::string>("querry", rule),
            "'querry' is not known here; did you mean 'query'?");
  EXPECT_EQ(wrong<std::string>("xyz", rule),
            "'xyz' is not known here; one of: header, query, cookie");
}

TEST(Codec, ReadsEnumsByName) {
  EXPECT_EQ(read<Colour>("green"), Colour::green);
  EXPECT_EQ(Codec<Colour>::show(Colour::blue), "blue");
  EXPECT_EQ(wrong<Colour>("gren"), "'gren' is not known here; did you mean 'green'?");
}

TEST(Codec, ReadsBooleansOnlyAsTrueAndFalse) {
  EXPECT_EQ(read<bool>("true"), true);
  EXPECT_EQ(read<bool>("false"), false);
  EXPECT_EQ(
      wrong<bool>("'true'"),
      "true or false is expected here, and 'true' is a text because of its quotes; remove them");
  for (const char* text : {"yes", "on", "True", "1", "'yes'"})
    EXPECT_NE(wrong<bool>(text).find("true or false is expected here, not '"), std::string::npos);
}

TEST(Codec, ReadsWholeNumbers) {
  EXPECT_EQ(read<int>("42"), 42);
  EXPECT_EQ(read<int>("-1"), -1);
  EXPECT_EQ(
      wrong<int>("'42'"),
      "a whole number is expected here, and '42' is a text because of its quotes; remove them");
  for (const char* text :
       {"1.5", "1e3", "0x10", "010", "+1", "1_000", "ten", "99999999999999999999"})
    EXPECT_NE(wrong<int>(text).find("a whole number"), std::string::npos) << text;
  EXPECT_EQ(wrong<int>("3000000000"), "must be at most 2147483647, is 3000000000");
}

TEST(Codec, ReadsNumbers) {
  EXPECT_EQ(read<double>("0.5"), 0.5);
  EXPECT_EQ(read<double>("-1e3"), -1000);
  for (const char* text : {".inf", "nan", "1.", ".5", "1e", "0x1p3", "1e999", "'1'"})
    EXPECT_NE(wrong<double>(text).find("a number is expected"), std::string::npos) << text;
}

TEST(Codec, KeepsBounds) {
  EXPECT_EQ(wrong<int>("0", {.min = 1}), "must be at least 1, is 0");
  EXPECT_EQ(wrong<double>("2.5", {.max = 2}), "must be at most 2, is 2.5");
  EXPECT_EQ(wrong<Span>("1ms", {.min = 0.01}), "must be at least 10ms, is 1ms");
  EXPECT_EQ(wrong<Span>("2h", {.max = 3600}), "must be at most 1h, is 2h");
  EXPECT_EQ(wrong<std::size_t>("2GB", {.max = 1 << 20}), "must be at most 1MB, is 2GB");
  EXPECT_EQ(read<Span>("10ms", {.min = 0.01}), 10ms);
}

TEST(Codec, ReadsDurations) {
  EXPECT_EQ(read<Span>("15s"), 15s);
  EXPECT_EQ(read<Span>("'15s'"), 15s);
  EXPECT_EQ(wrong<Span>("15"),
            "a duration such as 15s is expected here, not '15': the unit is missing");
  EXPECT_EQ(wrong<Span>("{a: 1}"), "a duration such as 15s is expected here, not a mapping");
}

TEST(Codec, ReadsSizes) {
  EXPECT_EQ(read<std::size_t>("512"), 512U);
  EXPECT_EQ(read<std::size_t>("64KB"), 65536U);
  EXPECT_EQ(read<std::size_t>("1MB"), 1048576U);
  EXPECT_EQ(read<std::size_t>("0"), 0U);
  for (const char* text :
       {"64kb", "-1", "-0", "1.5MB", "1 MB", "MB", "'512'", "9999999999GB", "1MBKB"})
    EXPECT_NE(wrong<std::size_t>(text).find("a size such as"), std::string::npos) << text;
}

TEST(Codec, ShowsSizesAsTheyCanBeRead) {
  for (const std::size_t size : {0UL, 1UL, 1000UL, 1024UL, 65536UL, 1048576UL, 3UL << 30U, 1025UL})
    EXPECT_EQ(read<std::size_t>(show_bytes(size)), size);
  EXPECT_EQ(show_bytes(64 * 1024), "64KB");
}

TEST(Codec, ReadsListsAndSingleValues) {
  EXPECT_EQ(read<std::vector<int>>("[1, 2]"), (std::vector{1, 2}));
  EXPECT_EQ(read<std::vector<int>>("7"), std::vector{7});
  EXPECT_EQ(wrong<std::vector<int>>("[1]", {.min = 2}), "must be at least 2 items, is 1 item");
  EXPECT_EQ(wrong<std::vector<int>>("1", {.min = 2}), "must be at least 2 items, is 1 item");
  EXPECT_EQ(wrong<std::vector<int>>("[1, 2, 3]", {.max = 2}),
            "must be at most 2 items, is 3 items");
}

TEST(Codec, ShowsTheItemThatIsWrong) {
  Mistakes mistakes;
  std::vector<int> out;
  const Value value = value_of("v: [1, x, y]");
  EXPECT_FALSE(Codec<std::vector<int>>::read(value, Reader(mistakes, "v"), {}, out));
  EXPECT_EQ(lines(mistakes),
            "s.yaml:1:8: v[1]: a whole number is expected here, not 'x'\n"
            "s.yaml:1:11: v[2]: a whole number is expected here, not 'y'\n");
}

TEST(Codec, ReadsMappingsOfFreeNames) {
  using Map = std::map<std::string, int>;
  EXPECT_EQ(read<Map>("{a: 1, b c: 2}"), (Map{{"a", 1}, {"b c", 2}}));
  EXPECT_EQ(wrong<Map>("[1]"), "a mapping is expected here, not a list");
  EXPECT_EQ(wrong<Map>("{b c: 2}", {.filled = true}),
            "a name is 1 to 100 of the characters A-Z a-z 0-9 _ . -, and this is 'b c'");
}

TEST(Codec, AnOptionalKeepsTheLayerBelow) {
  std::optional<std::map<std::string, int>> out{{{"a", 1}}};
  Mistakes mistakes;
  EXPECT_TRUE((Codec<decltype(out)>::read(value_of("v: {b: 2}"), Reader(mistakes), {}, out)));
  EXPECT_EQ(out->size(), 2U);
}

TEST(Codec, CutsWhatItRepeats) { EXPECT_LT(wrong<int>(std::string(100'000, 'x')).size(), 120U); }

}  // namespace
}  // namespace sonde::config::codec_test
