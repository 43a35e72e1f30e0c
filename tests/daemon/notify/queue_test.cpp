#include "daemon/notify/queue.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/made_alert.hpp"

namespace sonde::notify::queue_test {
namespace {

using std::chrono::minutes;
using test::at;
using test::ended;
using test::made_alert;

std::uint64_t id(const Alert& alert) { return fingerprint(alert.labels); }

class QueueTest : public testing::Test {
 protected:
  void update(const std::vector<Alert>& current, double now) { queue.update(current, at(now)); }
  std::vector<Queue::Sent> begin(const Alert& alert) {
    const auto who = id(alert);
    return queue.begin({&who, 1});
  }
  void deliver(const Alert& alert, double now) { queue.accepted(begin(alert), at(now)); }
  const Pending& pending(const Alert& alert) { return queue.all().at(id(alert)); }

  Queue queue{{.capacity = 3, .resolved_kept = {}}};
  Alert a = made_alert("A"), b = made_alert("B");
};

TEST_F(QueueTest, NewestStateTakesThePlaceOfOlderOnes) {
  for (int i = 0; i < 100; ++i) {
    a.annotations["summary"] = std::to_string(i);
    update({a}, i);
  }
  EXPECT_EQ(queue.all().size(), 1U);
  EXPECT_EQ(pending(a).alert.annotations.at("summary"), "99");
  EXPECT_EQ(queue.waiting(), 1U);
}

TEST_F(QueueTest, WhatEndedBeforeThePlaceHeardOfItIsToldAndThenItsEnd) {
  update({a}, 0);
  update({ended(a, 5)}, 5);
  EXPECT_TRUE(pending(a).is_news());
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_EQ(queue.take_changed(), std::set{id(a)}) << "over a restart, too";
  queue.refused(begin(a), at(6));
  EXPECT_TRUE(pending(a).refused);
  deliver(a, 30);
  EXPECT_FALSE(pending(a).is_news());
  EXPECT_TRUE(pending(a).owes_end());
  deliver(a, 60);
  EXPECT_TRUE(queue.all().empty());
  update({ended(b, 5)}, 5);
  EXPECT_TRUE(queue.all().empty()) << "nobody ever saw it fire";
}

TEST_F(QueueTest, WhatEndedUnderMaintenanceOrHeldBackIsForgotten) {
  a.muted = true;
  update({a, test::held_back(b)}, 0);
  a.muted = false;
  update({ended(a, 5), ended(test::held_back(b), 5)}, 5);
  EXPECT_TRUE(queue.all().empty());
}

TEST_F(QueueTest, WhatWasTriedInVainBeforeAMaintenanceIsToldThoughItEndsWithin) {
  update({a}, 0);
  queue.refused(begin(a), at(2));
  a.muted = true;
  update({a}, 5);
  EXPECT_FALSE(pending(a).is_news());
  update({ended(a, 9)}, 9);
  EXPECT_TRUE(pending(a).is_news());
}

TEST_F(QueueTest, WhatWaitsWhileAPlaceIsDownIsTriedInVainToo) {
  b.muted = true;
  update({a, b}, 0);
  queue.failed();
  EXPECT_EQ(queue.undelivered(), std::vector{id(a)});
  a.muted = true;
  update({a, b}, 5);
  update({ended(a, 9), ended(b, 9)}, 9);
  EXPECT_TRUE(pending(a).is_news());
  EXPECT_EQ(queue.all().size(), 1U) << "of the other nobody was to be told";
}

TEST_F(QueueTest, EndOfWhatWasToldIsOwedUntilItIsTaken) {
  update({a}, 0);
  deliver(a, 1);
  EXPECT_EQ(queue.waiting(), 0U);
  update({ended(a, 5)}, 5);
  update({}, 10 * 86400);
  EXPECT_TRUE(pending(a).owes_end());
  EXPECT_EQ(pending(a).alert.ended, at(5));
  EXPECT_EQ(queue.waiting(), 1U);
  deliver(a, 10 * 86400 + 1);
  EXPECT_TRUE(queue.all().empty());
}

TEST_F(QueueTest, WhatIsMissingHasEnded) {
  update({a, b}, 0);
  deliver(a, 1);
  update({b}, 7);
  EXPECT_EQ(pending(a).alert.ended, at(7));
  EXPECT_TRUE(pending(a).owes_end());
}

TEST_F(QueueTest, EndIsOwedWhenItCameWhileTheFirstMessageWasUnderWay) {
  update({a}, 0);
  const auto sent = begin(a);
  update({ended(a, 2)}, 2);
  queue.accepted(sent, at(3));
  EXPECT_TRUE(pending(a).owes_end());
}

TEST_F(QueueTest, StartAndEndAreOwedWhenNobodyKnowsWhetherTheFirstMessageCame) {
  update({a}, 0);
  begin(a);
  update({ended(a, 2)}, 2);
  EXPECT_TRUE(pending(a).is_news());
  EXPECT_TRUE(pending(a).owes_end());
  update({}, 3 + 86400);
  EXPECT_TRUE(queue.all().empty());
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST_F(QueueTest, FiringAgainBeforeTheEndWasToldIsNothingNew) {
  update({a}, 0);
  deliver(a, 1);
  update({ended(a, 5)}, 5);
  a.starts = at(6);
  update({a}, 6);
  EXPECT_TRUE(pending(a).known_firing());
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST_F(QueueTest, FiringAgainAfterAnEndThatPerhapsWasTakenIsNew) {
  update({a}, 0);
  deliver(a, 1);
  update({ended(a, 5)}, 5);
  begin(a);
  queue.failed();
  update({a}, 9);
  EXPECT_TRUE(pending(a).is_news());
}

TEST_F(QueueTest, FiringAgainWhileTheEndIsToldIsNew) {
  update({a}, 0);
  deliver(a, 1);
  update({ended(a, 5)}, 5);
  const auto sent = begin(a);
  update({a}, 6);
  queue.accepted(sent, at(7));
  EXPECT_FALSE(pending(a).known_firing());
  EXPECT_EQ(queue.waiting(), 1U);
}

TEST_F(QueueTest, EndsInTheGroupInWhichItWasTold) {
  a.group = "incident-1";
  update({a}, 0);
  deliver(a, 1);
  a.group = "incident-2";
  update({ended(a, 5)}, 5);
  EXPECT_EQ(pending(a).alert.group, "incident-1");
}

TEST_F(QueueTest, BeyondItsCapacityTheLeastGraveAreLeftOutAndCountedOnce) {
  std::vector<Alert> many = {made_alert("1", "t", Severity::info), made_alert("2"),
                             test::held_back(made_alert("3")), made_alert("4"),
                             made_alert("5", "t", Severity::warning)};
  update(many, 0);
  update(many, 15);
  EXPECT_EQ(queue.all().size(), 3U);
  EXPECT_EQ(queue.dropped(), 2U);
  EXPECT_TRUE(queue.all().contains(id(many[1])));
  EXPECT_TRUE(queue.all().contains(id(many[3])));
  EXPECT_TRUE(queue.all().contains(id(many[4])));
}

TEST_F(QueueTest, FullQueueKeepsTheEndsThatItOwes) {
  const std::vector<Alert> first = {made_alert("1"), made_alert("2"), made_alert("3")};
  update(first, 0);
  for (const auto& alert : first) deliver(alert, 1);
  update({made_alert("4"), made_alert("5")}, 2);
  EXPECT_EQ(queue.all().size(), 3U);
  for (const auto& alert : first) EXPECT_TRUE(pending(alert).owes_end());
  deliver(first[0], 3);
  update({made_alert("4")}, 4);
  EXPECT_TRUE(queue.all().contains(id(made_alert("4"))));
}

TEST_F(QueueTest, RefusedAlertIsTriedAnewWhenItEnds) {
  update({a}, 0);
  deliver(a, 1);
  queue.refused(begin(a), at(2));
  EXPECT_EQ(pending(a).refused, at(2));
  update({ended(a, 5)}, 5);
  EXPECT_FALSE(pending(a).refused);
  EXPECT_TRUE(pending(a).owes_end());
}

TEST_F(QueueTest, WhatWasRefusedUntilItEndedIsToldAndThenItsEnd) {
  for (const Span kept : {Span{}, Span(minutes(15))}) {
    queue = Queue({.capacity = 3, .resolved_kept = kept});
    update({a}, 0);
    queue.refused(begin(a), at(2));
    update({ended(a, 5)}, 5);
    EXPECT_TRUE(pending(a).is_news());
    update({}, 80000);
    EXPECT_TRUE(pending(a).shown_firing()) << "for a day";
    deliver(a, 80000);
    EXPECT_FALSE(pending(a).is_news());
    EXPECT_TRUE(pending(a).owes_end());
    EXPECT_EQ(queue.dropped(), 0U);
  }
}

TEST_F(QueueTest, RefusedForADayIsDroppedAndCounted) {
  update({a}, 0);
  queue.refused(begin(a), at(2));
  update({ended(a, 5)}, 5);
  update({}, 5 + 86400);
  EXPECT_TRUE(queue.all().empty());
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST_F(QueueTest, KnowsWhatWasTriedInVainUntilItIsTaken) {
  update({a, b}, 0);
  queue.refused(begin(a), at(1));
  deliver(b, 1);
  EXPECT_EQ(queue.undelivered(), std::vector{id(a)});
  deliver(a, 2);
  EXPECT_TRUE(queue.undelivered().empty());
}

TEST_F(QueueTest, APlaceThatRefusesAnEndIsToldOfItForAQuarterOfAnHour) {
  Queue keeping({.capacity = 3, .resolved_kept = minutes(15)});
  const auto who = id(a);
  keeping.update({&a, 1}, at(0));
  keeping.accepted(keeping.begin({&who, 1}), at(0));
  const Alert over = ended(a, 10);
  keeping.update({&over, 1}, at(10));
  keeping.refused(keeping.begin({&who, 1}), at(11));
  keeping.update({}, at(10 + 899));
  EXPECT_TRUE(keeping.all().at(who).owes_end());
  keeping.update({}, at(10 + 900));
  EXPECT_TRUE(keeping.all().empty());
  EXPECT_EQ(keeping.dropped(), 1U);
}

TEST_F(QueueTest, RemembersAnEndForAsLongAsThePlaceWantsIt) {
  Queue keeping({.capacity = 3, .resolved_kept = minutes(15)});
  const auto who = id(a);
  keeping.update({&a, 1}, at(0));
  keeping.accepted(keeping.begin({&who, 1}), at(0));
  const Alert over = ended(a, 10);
  keeping.update({&over, 1}, at(10));
  keeping.accepted(keeping.begin({&who, 1}), at(11));
  keeping.update({}, at(10 + 899));
  EXPECT_EQ(keeping.all().size(), 1U);
  keeping.update({}, at(10 + 900));
  EXPECT_TRUE(keeping.all().empty());
}

TEST_F(QueueTest, SaysOnceWhoseEntryIsAnother) {
  update({a}, 0);
  EXPECT_TRUE(queue.take_changed().empty());
  deliver(a, 1);
  EXPECT_EQ(queue.take_changed(), std::set{id(a)});
  EXPECT_TRUE(queue.take_changed().empty());
  update({ended(a, 2)}, 2);
  deliver(a, 3);
  EXPECT_EQ(queue.take_changed(), std::set{id(a)});
}

}  // namespace
}  // namespace sonde::notify::queue_test
