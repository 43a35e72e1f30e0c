#include "daemon/alert/alert_codec.hpp"

#include <gtest/gtest.h>

namespace sonde::alert::alert_codec_test {
namespace {

using std::chrono::milliseconds;

TEST(AlertCodec, GivesBackWhatItWasGiven) {
  SavedAlert kept;
  kept.checksum = "abc";
  kept.state.state = AlertState::firing;
  kept.state.active_at = WallTime(milliseconds(1764080000123));
  kept.state.fired_at = WallTime(milliseconds(1764080120123));
  kept.state.cleared_at = WallTime(milliseconds(1764080180000));
  kept.state.silent = true;
  kept.state.blamed = Rate{.of = RateOf::delivery, .step = Step::login, .event = "tool \"x\"\n"};
  kept.state.flapping = {.changes = 0b1011, .last = true, .flaps = true};
  kept.state.seen = {{"chat/chat/staging", WallTime(milliseconds(1764080120123))},
                     {"login/a \"b\"/x", WallTime(milliseconds(1764080120124))}};
  kept.text = {.value = "72 %",
               .number = 0.1,
               .summary = "a summary",
               .description = "what it means",
               .probe = "chat",
               .fired_for = "what it was",
               .at = WallTime(milliseconds(1764080120123))};
  kept.alert = Alert{.labels = {{"alertname", "A"}, {"team", "\xc3\xa4"}},
                     .annotations = {{"summary", "s"}},
                     .severity = Severity::warning,
                     .target = "staging",
                     .starts = WallTime(milliseconds(1764080120123)),
                     .ended = WallTime(milliseconds(1764080200000)),
                     .notified = true,
                     .group = "target/staging",
                     .source_url = "http://localhost:9811/"};
  const auto read = read_saved_alert(write(kept));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->checksum, kept.checksum);
  EXPECT_EQ(read->state, kept.state);
  EXPECT_EQ(read->alert, kept.alert);
  EXPECT_EQ(read->text.summary, kept.text.summary);
  EXPECT_EQ(read->text.probe, kept.text.probe);
  EXPECT_EQ(read->text.fired_for, kept.text.fired_for);
  EXPECT_DOUBLE_EQ(read->text.number, kept.text.number);
  EXPECT_EQ(read->text.at, kept.text.at);
}

TEST(AlertCodec, NothingIsLittle) {
  const auto read = read_saved_alert(write(SavedAlert{}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->state, RuleState{});
  EXPECT_FALSE(read->alert);
}

TEST(AlertCodec, ReadsNothingFromWhatIsNoNote) {
  for (const std::string text : {"", "null", "[]", "{}", "{\"state\":", "1"})
    EXPECT_FALSE(read_saved_alert(text)) << text;
  const auto wild =
      read_saved_alert(R"({"state":{"state":99,"fired_at":-1,"changes":1e300},"alert":7})");
  ASSERT_TRUE(wild);
  EXPECT_EQ(wild->state, RuleState{});
  EXPECT_FALSE(wild->alert);
}

}  // namespace
}  // namespace sonde::alert::alert_codec_test
