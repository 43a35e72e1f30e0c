#include "daemon/report/waterfall.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::waterfall_test {
namespace {
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::vector<std::pair<std::string, int>> outline(const Trace& trace) {
  std::vector<std::pair<std::string, int>> lines;
  for (const Stretch& stretch : stretches(trace)) lines.emplace_back(stretch.label, stretch.depth);
  return lines;
}

TEST(Waterfall, PutsPhasesBelowTheLoginOrUpgradeThatEnclosesThem) {
  const std::vector<std::pair<std::string, int>> expected{
      {"login", 0},  {"resolve", 1},       {"connect", 1},         {"upgrade", 0}, {"connect", 1},
      {"events", 0}, {"agent_started", 1}, {"agent_completed", 1}, {"close", 0}};
  MadeResult made = made_chat();
  EXPECT_EQ(outline(made.trace()), expected);
}

TEST(Waterfall, CountsEventsFromTheStartOfTheRun) {
  MadeResult made = made_chat();
  EXPECT_EQ(stretches(made.trace())[6].offset, 120ms);
}

TEST(Waterfall, PutsMissingEventsLastAndWithoutATime) {
  MadeResult made;
  made.event("tool_completed", EventState::missing, 0);
  made.event("agent_started", EventState::received, 5);
  const auto all = stretches(made.trace());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].label, "agent_started");
  EXPECT_FALSE(all[1].happened);
  const std::string text = waterfall(made.trace(), 10ms, {});
  EXPECT_THAT(text, HasSubstr("tool_completed missing"));
  EXPECT_THAT(text.substr(text.find("tool_completed")), Not(HasSubstr("ms")));
}

TEST(Waterfall, DrawsBarsAtTheirOffsetsOnOneScale) {
  EXPECT_EQ(bar(0ms, 50ms, 100ms, 10, false), "=====");
  EXPECT_EQ(bar(50ms, 50ms, 100ms, 10, false), "     =====");
  EXPECT_EQ(bar(50ms, 25ms, 100ms, 10, true), "     ██▌");
}

TEST(Waterfall, DrawsWhatIsTooShortForAColumn) {
  EXPECT_EQ(bar(0ms, 1us, 100ms, 10, false), "|");
  EXPECT_EQ(bar(0ms, 1us, 100ms, 10, true), "▏");
  EXPECT_EQ(bar(100ms, 0ms, 100ms, 10, false), "         |");
}

TEST(Waterfall, DrawsMomentsAsAMark) {
  EXPECT_EQ(bar(50ms, std::nullopt, 100ms, 10, false), "     *");
  EXPECT_EQ(bar(50ms, std::nullopt, 0ms, 10, false), "*");
}

TEST(Waterfall, NeverLeavesItsColumns) {
  EXPECT_EQ(bar(90ms, 90ms, 100ms, 10, false), "         =");
  EXPECT_EQ(bar(900ms, 90ms, 100ms, 10, false), "         =");
  EXPECT_EQ(bar(0ms, 90ms, 100ms, 0, false), "");
}

TEST(Waterfall, KeepsToTheWidthOfTheTerminal) {
  MadeResult made = made_chat();
  made.event(std::string(200, 'x'), EventState::after_terminal, 1010);
  made.event(std::string(200, '\x1b'), EventState::missing, 0);
  const std::string text = waterfall(made.trace(), 1200ms, {.width = 80});
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = text.find('\n', from);
    EXPECT_LE(to - from, 80U) << text.substr(from, to - from);
    from = to + 1;
  }
}

}  // namespace
}  // namespace sonde::report::waterfall_test
