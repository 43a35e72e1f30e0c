#include "probes/text/charset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace sonde::text::charset_test {
namespace {

TEST(Charset, IsReadFromAContentType) {
  EXPECT_EQ(charset_in("text/html; charset=ISO-8859-1"), "iso-8859-1");
  EXPECT_EQ(charset_in("text/html;Charset = \"utf-8\" ; x=y"), "utf-8");
  EXPECT_EQ(charset_in("text/html; charset='utf-8'"), "utf-8");
  for (const char* none : {"", "text/html", "text/html; charset", "text/html; charset=\"utf-8"})
    EXPECT_EQ(charset_in(none), "") << none;
}

TEST(Charset, LabelsMeanWhatTheyMeanToBrowsers) {
  for (const char* label : {"latin1", " ISO-8859-1 ", "us-ascii", "cp1252"})
    EXPECT_EQ(encoding_of(label), "windows-1252") << label;
  EXPECT_EQ(encoding_of("UTF8"), "UTF-8");
  EXPECT_EQ(encoding_of("sjis"), "Shift_JIS");
  for (const char* none : {"", "none", "utf-7", "utf-8 latin1", "8859"})
    EXPECT_EQ(encoding_of(none), "") << none;
}

TEST(Charset, OfAPageIsThatOfItsMarkThenItsHeaderThenItsMeta) {
  EXPECT_EQ(encoding_of_page("text/html; charset=latin1", "\xef\xbb\xbf<p>"), "UTF-8");
  EXPECT_EQ(encoding_of_page("text/html; charset=latin1", "<meta charset=koi8-r>"), "windows-1252");
  EXPECT_EQ(encoding_of_page("text/html; charset=none", "<meta charset=koi8-r>"), "KOI8-R");
  EXPECT_EQ(encoding_of_page("text/html", "<meta charset=utf-16>"), "UTF-8");
  EXPECT_EQ(encoding_of_page("", std::string(2000, ' ') + "<meta charset=koi8-r>"), "UTF-8");
  EXPECT_EQ(encoding_of_page("", std::string_view("\xff\xfe<\0", 4)), "UTF-16LE");
}

TEST(Charset, WhatIsNotValidBecomesAReplacementCharacter) {
  EXPECT_EQ(decoded("Orl\xe9\x61ns \x80", "windows-1252"), "Orl\u00e9ans \u20ac");
  EXPECT_EQ(decoded("a\xff\x82\xa0", "Shift_JIS"), "a\ufffd\u3042");
  EXPECT_EQ(decoded("\xef\xbb\xbfx", "UTF-8"), "x");
  EXPECT_EQ(decoded(std::string_view("\xff\xfe\x61\0\xe9\0", 6), "UTF-16LE"), "a\u00e9");
  EXPECT_EQ(decoded(std::string_view("a\0\xe9", 3), "UTF-16LE"), "a\ufffd");
  EXPECT_EQ(decoded("\xe9", "nothing"), "\xe9");
}

// A page of nothing but invalid bytes is no more work than that.
TEST(Charset, TakesFourTimesAsLongForFourTimesTheBytes) {
  const auto cpu = [](std::size_t bytes) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
      const std::clock_t began = std::clock();
      EXPECT_EQ(decoded(std::string(bytes, '\xff'), "Shift_JIS").size(), 3 * bytes);
      best = std::min(best, static_cast<double>(std::clock() - began));
    }
    return best;
  };
  EXPECT_LT(cpu(400'000), 12 * cpu(100'000) + 20'000);
}

TEST(Charset, WhatAnEncodingLacksBecomesAReference) {
  EXPECT_EQ(encoded_for_form("Orl\u00e9ans \u20ac\u4e16\U0001F600", "windows-1252"),
            "Orl\xe9\x61ns \x80&#19990;&#128512;");
  EXPECT_EQ(encoded_for_form("\u3042a", "ISO-2022-JP"), "\x1b$B$\"\x1b(Ba");
  EXPECT_EQ(encoded_for_form("\u00e9", "UTF-16LE"), "\u00e9");
  EXPECT_EQ(encoded_for_form("\xff", "windows-1252").substr(0, 2), "&#");
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(encoded_for_form(long_text, "windows-1252"), long_text);
}

}  // namespace
}  // namespace sonde::text::charset_test
