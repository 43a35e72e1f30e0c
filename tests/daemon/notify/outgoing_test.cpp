#include "daemon/notify/outgoing.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::outgoing_test {
namespace {

using test::at;
using test::ended;
using test::made_alert;

class OutgoingTest : public testing::Test {
 protected:
  std::optional<Outgoing> next(double now) {
    return next_outgoing(queue, *receivers.place(), receivers.only().routing.grouping, at(now));
  }
  void deliver(double now) {
    const auto outgoing = next(now);
    ASSERT_TRUE(outgoing);
    queue.accepted(queue.begin(outgoing->alerts), at(now));
  }
  test::Receivers receivers{"team: { webhook: { url: http://hook } }"};
  Queue queue{{}};
};

TEST_F(OutgoingTest, TellsAlertsOfOneIncidentAtOnceAndOthersApart) {
  Alert a = made_alert("A", "staging"), b = made_alert("B", "staging");
  a.group = b.group = "i1";
  Alert other = made_alert("C", "production");
  other.starts = at(5);
  queue.update(std::vector{a, other, b}, at(10));
  auto outgoing = next(10);
  ASSERT_TRUE(outgoing);
  const Labels group = {{"incident", "i1"}, {"target", "staging"}};
  EXPECT_EQ(outgoing->group, group);
  EXPECT_EQ(outgoing->alerts.size(), 2U);
  EXPECT_EQ(outgoing->due.at, at(30));
  deliver(30);
  outgoing = next(31);
  const Labels second = {{"target", "production"}};
  EXPECT_EQ(outgoing->group, second);
  EXPECT_EQ(outgoing->due.at, at(35));
}

// What the destination holds open stays one incident there until it was sent the end of it.
TEST_F(OutgoingTest, AnIncidentIsTheSameForADestinationUntilItWasSentItsEnd) {
  const auto of = [](Alert alert, const char* incident) {
    alert.group = "i1";
    alert.incident = incident;
    return alert;
  };
  const Alert a = of(made_alert("A", "staging"), "first");
  queue.update(std::vector{a}, at(10));
  EXPECT_EQ(next(10)->incident, "first");
  queue.accepted(queue.begin(next(30)->alerts, next(30)->incident), at(30));
  // It ended and fires again before the end was due, and another one joins.
  Alert again = of(a, "second");
  again.starts = at(60);
  const Alert b = of(made_alert("B", "staging"), "second");
  queue.update(std::vector{again, b}, at(70));
  ASSERT_TRUE(next(70));
  EXPECT_EQ(next(70)->incident, "first");
  queue.accepted(queue.begin(next(400)->alerts, next(400)->incident), at(400));
  queue.update(std::vector{ended(again, 500), ended(b, 500)}, at(500));
  EXPECT_EQ(next(500)->incident, "first");
  queue.accepted(queue.begin(next(800)->alerts, next(800)->incident), at(800));
  queue.update(std::vector{of(made_alert("B", "staging"), "third")}, at(900));
  EXPECT_EQ(next(900)->incident, "third");
}

TEST_F(OutgoingTest, HeldBackAlertsAreInAMessageThatIsSentAnyway) {
  queue.update(std::vector{made_alert("A"), test::held_back(made_alert("B"))}, at(10));
  const auto outgoing = next(10);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(outgoing->alerts.size(), 2U);
}

// Two logins fail, and the critical one is under maintenance.
TEST_F(OutgoingTest, MutedAlertIsInNoMessageAndPagesWhenItIsMutedNoMore) {
  const Alert warning = made_alert("A", "staging", Severity::warning);
  Alert critical = made_alert("B");
  critical.muted = true;
  queue.update(std::vector{warning, critical}, at(10));
  EXPECT_EQ(next(10)->alerts, std::vector{fingerprint(warning.labels)});
  deliver(30);
  queue.update(std::vector{ended(warning, 400), critical}, at(400));
  EXPECT_EQ(name(next(400)->due.why), name(Why::all_resolved));
  EXPECT_EQ(next(400)->alerts.size(), 1U);
  deliver(630);
  critical.muted = false;
  queue.update(std::vector{critical}, at(700));
  EXPECT_EQ(name(next(700)->due.why), name(Why::first));
}

TEST_F(OutgoingTest, MutedAlertThatWasToldIsShownUntilItsEndAndNotRepeated) {
  Alert a = made_alert("A");
  queue.update(std::vector{a}, at(0));
  deliver(30);
  a.muted = true;
  queue.update(std::vector{a}, at(60));
  EXPECT_FALSE(next(60));
  queue.update(std::vector{ended(a, 400)}, at(400));
  EXPECT_EQ(name(next(400)->due.why), name(Why::all_resolved));
}

TEST_F(OutgoingTest, HeldBackIsToldByItselfWhereTheAlertThatHoldsItIsNotSent) {
  const Alert owner = made_alert("A");
  Alert held = test::held_back(made_alert("B"));
  held.held_by = {fingerprint(owner.labels)};
  std::vector both = {owner, held}, alone = {held}, after = {ended(owner, 5), held};
  tell_by_itself(both);
  tell_by_itself(alone);
  tell_by_itself(after);
  EXPECT_FALSE(both[1].notified);
  EXPECT_TRUE(alone[0].notified);
  EXPECT_TRUE(after[1].notified);
}

TEST_F(OutgoingTest, WhatEndsWithinGroupWaitIsToldOnceAndThenItsEnd) {
  const Alert a = made_alert("A");
  queue.update(std::vector{a}, at(0));
  queue.update(std::vector{ended(a, 10)}, at(10));
  const auto outgoing = next(10);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(name(outgoing->due.why), name(Why::first));
  EXPECT_EQ(outgoing->due.at, at(30));
  const auto notified = told_alerts(queue, outgoing->alerts);
  EXPECT_FALSE(notified.at(0).ended);
  EXPECT_EQ(notified[0].annotations.at("summary"),
            a.annotations.at("summary") + "; it ended at 12:00:10 UTC");
  deliver(30);
  EXPECT_EQ(name(next(30)->due.why), name(Why::all_resolved));
  EXPECT_EQ(told_alerts(queue, next(30)->alerts).at(0).ended, at(10));
}

TEST_F(OutgoingTest, IncidentFromItsFirstPageToItsEnd) {
  const Alert a = made_alert("A"), b = made_alert("B");
  queue.update(std::vector{a}, at(0));
  deliver(30);
  queue.update(std::vector{a, b}, at(60));
  EXPECT_EQ(name(next(60)->due.why), name(Why::added));
  deliver(330);
  queue.update(std::vector{ended(a, 400), b}, at(400));
  EXPECT_EQ(name(next(400)->due.why), name(Why::resolved));
  deliver(630);
  queue.update(std::vector{ended(a, 400), ended(b, 700)}, at(700));
  EXPECT_EQ(name(next(700)->due.why), name(Why::all_resolved));
  EXPECT_EQ(next(700)->alerts.size(), 1U);
  deliver(930);
  EXPECT_FALSE(next(931));
}

TEST_F(OutgoingTest, MessageBeginsWithTheGravestThatFires) {
  const Alert over = ended(made_alert("A"), 5);
  const Alert info = made_alert("B", "staging", Severity::info);
  const Alert critical = made_alert("C");
  queue.update(std::vector{made_alert("A"), info, critical}, at(0));
  deliver(30);
  queue.update(std::vector{over, info, critical}, at(40));
  const auto notified = told_alerts(queue, next(40)->alerts);
  ASSERT_EQ(notified.size(), 3U);
  EXPECT_EQ(notified[0].labels.at("alertname"), "C");
  EXPECT_EQ(notified[1].labels.at("alertname"), "B");
  EXPECT_EQ(notified[2].labels.at("alertname"), "A");
}

using Names = std::vector<std::string>;

class AcknowledgedTest : public OutgoingTest {
 protected:
  AcknowledgedTest() {
    critical.acknowledged = true;
    effect.held_by = {fingerprint(critical.labels)};
  }
  // The names of all alerts in the order of a message.
  Names told(Why why) {
    std::vector<std::uint64_t> all;
    for (const auto& [who, pending] : queue.all()) all.push_back(who);
    auto alerts = told_alerts(queue, all);
    aside = set_aside(alerts, queue, why);
    Names names;
    for (const Alert& alert : alerts) names.push_back(alert.labels.at("alertname"));
    return names;
  }
  Alert critical = made_alert("A");
  Alert effect = test::held_back(made_alert("B"));
  Alert warning = made_alert("C", "staging", Severity::warning);
  std::size_t aside = 0;
};

TEST_F(AcknowledgedTest, AnAcknowledgedAlertAndWhatItHoldsBackComeLastInARepeat) {
  queue.update(std::vector{critical, effect, warning}, at(0));
  deliver(30);
  EXPECT_EQ(name(next(60)->due.why), name(Why::repeat));
  EXPECT_EQ(told(Why::repeat), (Names{"C", "A", "B"}));
  EXPECT_EQ(aside, 2U);
}

TEST_F(AcknowledgedTest, ANewAlertLeadsTheMessageThatAddsItToAnAcknowledgedOne) {
  queue.update(std::vector{critical}, at(0));
  deliver(30);
  queue.update(std::vector{critical, warning}, at(60));
  EXPECT_EQ(name(next(60)->due.why), name(Why::added));
  EXPECT_EQ(told(Why::added), (Names{"C", "A"}));
  EXPECT_EQ(aside, 1U);
}

TEST_F(AcknowledgedTest, WhatADestinationHasNotBeenSentLeadsThoughItIsAcknowledged) {
  queue.update(std::vector{warning}, at(0));
  deliver(30);
  queue.update(std::vector{critical, warning}, at(60));
  EXPECT_EQ(told(Why::added), (Names{"A", "C"}));
  EXPECT_EQ(aside, 0U);
}

TEST_F(AcknowledgedTest, FirstMessagesAndEndsAreOrderedBySeverityAlone) {
  queue.update(std::vector{critical, warning}, at(0));
  deliver(30);
  for (const Why why : {Why::first, Why::resolved, Why::all_resolved}) {
    EXPECT_EQ(told(why), (Names{"A", "C"}));
    EXPECT_EQ(aside, 0U);
  }
}

class BatchTest : public OutgoingTest {
 protected:
  BatchTest() {
    receivers.mistakes = {};
    receivers.entries.all.clear();
    receivers.entries = test::Receivers("p: { alertmanager: { urls: http://am } }").entries;
    queue = Queue({.capacity = 4096, .resolved_kept = std::chrono::minutes(15)});
  }
};

TEST_F(BatchTest, IsBoundedAndNewsComeBeforeRepetition) {
  std::vector<Alert> many;
  for (int i = 0; i < 300; ++i) many.push_back(made_alert("A" + std::to_string(i)));
  queue.update(many, at(0));
  EXPECT_EQ(next(0)->alerts.size(), 256U);
  deliver(0);
  EXPECT_EQ(next(1)->alerts.size(), 44U);
  deliver(1);
  EXPECT_EQ(next(2)->due.at, at(60));
  many.push_back(made_alert("new"));
  queue.update(many, at(90));
  const auto outgoing = next(90);
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(outgoing->alerts.size(), 256U);
  EXPECT_EQ(outgoing->alerts.front(), fingerprint(many.back().labels));
}

TEST_F(BatchTest, WhatWasRefusedIsTriedAgainApartFromTheRest) {
  const std::vector<Alert> both = {made_alert("A"), made_alert("bad")};
  queue.update(both, at(0));
  queue.refused(queue.begin(next(0)->alerts), at(0));
  const Alert good = made_alert("B");
  queue.update(std::vector{both[0], both[1], good}, at(70));
  EXPECT_EQ(next(70)->alerts, std::vector{fingerprint(good.labels)});
  deliver(70);
  EXPECT_EQ(next(70)->alerts.size(), 2U);
}

TEST_F(BatchTest, ResendsEveryMinuteWithWhatEndedLately) {
  const Alert a = made_alert("A"), b = made_alert("B");
  queue.update(std::vector{a, b}, at(0));
  deliver(0);
  queue.update(std::vector{a, ended(b, 20)}, at(20));
  EXPECT_EQ(next(20)->alerts.size(), 1U);
  deliver(20);
  EXPECT_EQ(next(61)->alerts.size(), 1U);
  EXPECT_EQ(next(81)->alerts.size(), 2U);
}

}  // namespace
}  // namespace sonde::notify::outgoing_test
