#include "daemon/report/progress.hpp"

#include <gtest/gtest.h>

namespace sonde::report::progress_test {
namespace {
using namespace std::chrono_literals;

TEST(Progress, SaysWhichRunIsInWhichPhaseForHowLong) {
  const Progress progress{3, 8, "chat", "production", Phase::events, 2100ms};
  EXPECT_EQ(progress_line(progress, 80), "[3/8] chat production: events 2.1 s");
}

TEST(Progress, SaysOnlyWhatIsKnown) {
  EXPECT_EQ(progress_line({0, 8, "chat", "production", std::nullopt, 0s}, 80),
            "[0/8] chat production");
  EXPECT_EQ(progress_line({8, 8, "", "", std::nullopt, 0s}, 80), "[8/8]");
}

TEST(Progress, NeverWrapsTheLine) {
  const Progress progress{3, 8, "chat", "production", Phase::events, 2100ms};
  EXPECT_EQ(progress_line(progress, 10), "[3/8] chat");
  EXPECT_EQ(progress_line({0, 1, "ü\x1b", "t", std::nullopt, 0s}, 80), "[0/1] \\u{fc}\\x1b t");
}

}  // namespace
}  // namespace sonde::report::progress_test
