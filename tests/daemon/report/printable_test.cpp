#include "daemon/report/printable.hpp"

#include <gtest/gtest.h>

namespace sonde::report {
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

TEST(Printable, IsAsciiAloneWithoutUnicode) { EXPECT_EQ(printable("ü", false), "\\u{fc}"); }

TEST(Printable, CutsByCharactersAndSaysSo) {
  EXPECT_EQ(printable("üüüü", true, 3), "üüü...");
  EXPECT_EQ(printable("üüü", true, 3), "üüü");
}

}  // namespace
}  // namespace sonde::report
