#include "daemon/alert/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/alert/history_codec.hpp"
#include "tests/daemon/core/made_alert.hpp"

namespace sonde::alert::history_test {
namespace {

using std::chrono::hours;
using test::at;
using test::ended;
using test::made_alert;
using testing::HasSubstr;

std::uint64_t who(const Alert& alert) { return fingerprint(alert.labels); }

std::vector<AlertRecord> all(const History& history) { return history.list({}); }

TEST(History, KeepsFromWhenToWhenAnAlertFired) {
  History history;
  history.update(std::vector{made_alert()}, at(1));
  ASSERT_EQ(all(history).size(), 1U);
  EXPECT_FALSE(all(history).front().ended);
  history.update(std::vector{ended(made_alert(), 90)}, at(91));
  ASSERT_EQ(all(history).size(), 1U);
  EXPECT_EQ(all(history).front().starts, at(0));
  EXPECT_EQ(all(history).front().ended, at(90));
  EXPECT_EQ(all(history).front().summary, "login auth success 72.0 %, wanted 90 %");
}

TEST(History, AnAlertThatFiresAgainIsARecordOfItsOwn) {
  History history;
  history.update(std::vector{ended(made_alert(), 90)}, at(91));
  Alert again = made_alert();
  again.starts = at(200);
  history.update(std::vector{ended(made_alert(), 90), again}, at(201));
  ASSERT_EQ(all(history).size(), 2U);
  EXPECT_EQ(all(history).front().starts, at(200));
}

TEST(History, AnAlertThatIsMissingHasEnded) {
  History history;
  history.update(std::vector{made_alert("A"), made_alert("B")}, at(1));
  history.update(std::vector{made_alert("B")}, at(5));
  EXPECT_EQ(history.list({.alert = "A"}).front().ended, at(5));
  EXPECT_FALSE(history.list({.alert = "B"}).front().ended);
}

TEST(History, KnowsWhoWasToldOfTheStartAndOfTheEnd) {
  History history;
  const Alert alert = made_alert();
  history.update(std::vector{alert}, at(1));
  history.notified("pager", who(alert), true, at(2));
  history.notified("pager", who(alert), true, at(60));
  history.notified("mail", who(alert), true, at(3));
  history.update(std::vector{ended(alert, 90)}, at(91));
  history.notified("pager", who(alert), false, at(92));
  const auto sent = all(history).front().notifications;
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0], (AlertRecord::Notification{"pager", true, at(2), at(60), 2}));
  EXPECT_EQ(sent[1].receiver, "mail");
  EXPECT_EQ(sent[2], (AlertRecord::Notification{"pager", false, at(92), at(92), 1}));
}

TEST(History, KnowsWhichReceiverDidNotTakeAnAlertUntilItTakesIt) {
  History history;
  const Alert alert = made_alert();
  history.update(std::vector{alert}, at(1));
  history.undelivered("bad", who(alert), true, at(120));
  history.undelivered("bad", who(alert), true, at(135));
  history.undelivered("slow", who(alert), true, at(120));
  history.notified("slow", who(alert), true, at(150));
  history.update(std::vector{ended(alert, 200)}, at(201));
  history.undelivered("slow", who(alert), false, at(330));
  const auto missing = all(history).front().undelivered;
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_EQ(missing[0], (AlertRecord::Undelivered{"bad", true, at(120)}));
  EXPECT_EQ(missing[1], (AlertRecord::Undelivered{"slow", false, at(330)}));
}

TEST(History, AnAcknowledgementHoldsUntilTheAlertEnds) {
  History history;
  std::vector<Alert> alerts{made_alert()};
  history.update(alerts, at(1));
  const auto made =
      history.acknowledge({"AuthSuccessRateLow", "staging", "ann", "looking"}, at(120));
  ASSERT_TRUE(made) << made.error();
  history.mark(alerts);
  EXPECT_TRUE(alerts.front().acknowledged);
  EXPECT_EQ(alerts.front().annotations["acknowledged"],
            "by ann at 2026-10-01 12:02:00 UTC: looking");
  history.update(std::vector{ended(made_alert(), 200)}, at(201));
  std::vector<Alert> again{made_alert()};
  again.front().starts = at(300);
  history.update(again, at(301));
  history.mark(again);
  EXPECT_FALSE(again.front().acknowledged);
}

TEST(History, AnAcknowledgementCanBeTakenBack) {
  History history;
  std::vector<Alert> alerts{made_alert()};
  history.update(alerts, at(1));
  ASSERT_TRUE(history.acknowledge({"AuthSuccessRateLow", "", "ann", ""}, at(2)));
  EXPECT_NE(history.acknowledged(alerts.front().labels), "");
  ASSERT_TRUE(history.withdraw({"AuthSuccessRateLow", "", "", ""}));
  history.mark(alerts);
  EXPECT_FALSE(alerts.front().acknowledged);
  EXPECT_EQ(history.acknowledged(alerts.front().labels), "");
}

TEST(History, OnlyWhatFiresCanBeAcknowledgedAndBySomebody) {
  History history;
  history.update(std::vector{made_alert(), ended(made_alert("Old"), 1)}, at(1));
  const auto wrong = [&](const AcknowledgeRequest& request) {
    const auto made = history.acknowledge(request, at(2));
    return made ? "" : made.error();
  };
  EXPECT_THAT(wrong({"", "", "ann", ""}), HasSubstr("alert:"));
  EXPECT_THAT(wrong({"AuthSuccessRateLow", "", "", ""}), HasSubstr("by:"));
  EXPECT_THAT(wrong({"Old", "", "ann", ""}), HasSubstr("no 'Old' fires now"));
  EXPECT_THAT(wrong({"AuthSuccessRateLow", "prod", "ann", ""}), HasSubstr("of 'prod'"));
  EXPECT_THAT(wrong({"AuthSuccessRateLow", "", "ann", std::string(1001, 'x')}),
              HasSubstr("comment:"));
  EXPECT_EQ(wrong({"AuthSuccessRateLow", "staging", "ann", ""}), "");
}

TEST(History, SurvivesARestart) {
  History before;
  Alert alert = made_alert();
  alert.incident = "0123456789abcdef";
  before.update(std::vector{alert, ended(made_alert("Old"), 1)}, at(1));
  before.notified("pager", who(alert), true, at(2));
  before.undelivered("mail", who(alert), true, at(120));
  EXPECT_EQ(all(before).front().incident, "0123456789abcdef");
  ASSERT_TRUE(before.acknowledge({"AuthSuccessRateLow", "", "ann", "x \"y\""}, at(3)));
  const auto notes = before.take_notes();
  EXPECT_TRUE(before.take_notes().empty());
  History after;
  after.restore(notes);
  EXPECT_EQ(all(after), all(before));
  std::vector<Alert> alerts{alert};
  after.update(alerts, at(4));
  after.mark(alerts);
  EXPECT_TRUE(alerts.front().acknowledged);
  EXPECT_EQ(all(after).size(), 2U);
}

TEST(History, IsBoundedAndForgetsTheOldest) {
  History history;
  for (int i = 0; i < 700; ++i) {
    Alert alert = ended(made_alert("A" + std::to_string(i)), i + 1);
    alert.starts = at(i);
    history.update(std::vector{alert}, at(i + 1));
  }
  EXPECT_EQ(history.list({.limit = 1000}).size(), History::ended_max);
  EXPECT_EQ(history.list({}).front().labels.at("alertname"), "A699");
  history.update({}, at(700) + History::kept + hours(1));
  EXPECT_TRUE(all(history).empty());
  std::size_t deleted = 0;
  for (const auto& note : history.take_notes()) deleted += note.text.empty();
  EXPECT_EQ(deleted, 700U);
}

TEST(HistoryCodec, RefusesWhatIsNoRecord) {
  for (const char* text :
       {"", "[]", "{}", R"({"starts":1})", R"({"labels":{"a":"b"}})", "nonsense"})
    EXPECT_FALSE(record_of(text)) << text;
}

}  // namespace
}  // namespace sonde::alert::history_test
