#include "probes/text/printable.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace sonde::text::printable_test {
namespace {

TEST(Printable, LeavesPlainTextAlone) {
  EXPECT_EQ(printable("{\"a\": 1}", true), "{\"a\": 1}");
  EXPECT_EQ(printable("Grüße 🙂", true), "Grüße 🙂");
}

TEST(Printable, ShowsTerminalEscapesInsteadOfObeyingThem) {
  EXPECT_EQ(printable("\x1b[2Jgone\x07", true), "\\x1b[2Jgone\\x07");
  EXPECT_EQ(printable("a\r\nb\tc", true), "a\\r\\nb\\tc");
  EXPECT_EQ(printable(std::string_view("\0\x7f", 2), true), "\\x00\\x7f");
}

TEST(Printable, ShowsC1ControlsWhichSomeTerminalsObey) {
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m",
                      true),
            "\\u{9b}31m");
}

TEST(Printable, ShowsCharactersThatReorderText) {
  EXPECT_EQ(printable("a\u202Eb", true), "a\\u{202e}b");
  EXPECT_EQ(printable("a\u200Bb", true), "a\\u{200b}b");
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xFF\xC0\xAF", true), "\\xff\\xc0\\xaf");
  EXPECT_EQ(printable("\xED\xA0\x80", true), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("cut \xE2\x82", true), "cut \\xe2\\x82");
}

TEST(Printable, KnowsWhatDeceives) {
  for (const char32_t code : std::initializer_list<char32_t>{
           0x0,    0xA,    0x1B,   0x7F,    0x9B,    0xAD,    0x61C,  0x200B, 0x200E,
           0x2028, 0x202E, 0x2066, 0x2069,  0xFEFF,  0xE0041, 0x34F,  0x115F, 0x1160,
           0x17B4, 0x17B5, 0x180B, 0x180F,  0x2065,  0x2800,  0x3164, 0xFE00, 0xFE0E,
           0xFE0F, 0xFFA0, 0xFFFC, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A})
    EXPECT_TRUE(deceives(code)) << static_cast<unsigned>(code);
  for (const char32_t code : std::initializer_list<char32_t>{0x20, 0x7E, 0xA0, 0xFC, 0x3B1, 0x4E2D,
                                                             0x1F642, 0x1161, 0x2801, 0xFFFD})
    EXPECT_FALSE(deceives(code)) << static_cast<unsigned>(code);
}

TEST(Printable, LeavesTheStyleOfAnEmojiAlone) {
  EXPECT_EQ(printable("ok \u2764\uFE0F \u2714\uFE0E", true), "ok \u2764\uFE0F \u2714\uFE0E");
  EXPECT_EQ(printable("a\uFE0F\uFE0F", true), "a\\u{fe0f}\\u{fe0f}");
  EXPECT_EQ(printable("\u2764\uFE0F\uFE0F", true), "\u2764\uFE0F\\u{fe0f}");
  EXPECT_EQ(printable("\u2764\uFE0F", false), "\\u{2764}\\u{fe0f}");
}

TEST(Printable, IsAsciiAloneWithoutUnicode) { EXPECT_EQ(printable("ü", false), "\\u{fc}"); }

TEST(Printable, CutsByCharactersAndSaysSo) {
  EXPECT_EQ(printable("üüüü", true, 3), "üüü...");
  EXPECT_EQ(printable("üüü", true, 3), "üüü");
}

}  // namespace
}  // namespace sonde::text::printable_test
