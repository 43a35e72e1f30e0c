#include "daemon/notify/group.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/made_alert.hpp"

namespace sonde::notify::group_test {
namespace {

using test::at;
using test::ended;
using test::held_back;
using test::made_alert;

constexpr Span minute = std::chrono::minutes(1);

Pending fresh(Alert alert) { return {.alert = std::move(alert)}; }
Pending notified(Alert alert, double when) {
  return {.alert = std::move(alert), .notified = at(when), .notified_firing = true, .tried = true};
}

class GroupTest : public testing::Test {
 protected:
  std::optional<Due> of(const std::vector<Pending>& group, double now = 100) {
    std::vector<const Pending*> all;
    for (const auto& pending : group) all.push_back(&pending);
    return due(all, {}, at(now));
  }
  void expect(const std::vector<Pending>& group, Why why, double when, double now = 100) {
    const auto found = of(group, now);
    ASSERT_TRUE(found);
    EXPECT_EQ(name(found->why), name(why));
    EXPECT_EQ(found->at, at(when));
  }
};

TEST_F(GroupTest, FirstWaitsForOthersFromItsStart) {
  expect({fresh(made_alert())}, Why::first, 30);
  Alert later = made_alert("B");
  later.starts = at(20);
  expect({fresh(later), fresh(made_alert())}, Why::first, 30);
}

TEST_F(GroupTest, WhatIsAcknowledgedIsNotRepeatedButItsEndIsSent) {
  Alert looked_after = made_alert("A");
  looked_after.acknowledged = true;
  EXPECT_FALSE(of({notified(looked_after, 30)}, 1e6));
  expect({notified(looked_after, 30), notified(made_alert("B"), 30)}, Why::repeat, 30 + 14400);
  expect({notified(looked_after, 30), fresh(made_alert("B"))}, Why::added, 330);
  expect({notified(ended(looked_after, 60), 30)}, Why::all_resolved, 330);
}

TEST_F(GroupTest, AnotherOneWaitsForTheInterval) {
  expect({notified(made_alert("A"), 30), fresh(made_alert("B"))}, Why::added, 330);
}

TEST_F(GroupTest, GraverOneWaitsOnlyForOthers) {
  const Alert warning = made_alert("A", "staging", Severity::warning);
  expect({notified(warning, 30), fresh(made_alert("B"))}, Why::added, 60);
}

TEST_F(GroupTest, HeldBackAlertCausesNothing) {
  EXPECT_FALSE(of({fresh(held_back(made_alert()))}));
  expect({notified(made_alert("A"), 30), fresh(held_back(made_alert("B")))}, Why::repeat,
         30 + 14400);
}

Alert muted(Alert alert) {
  alert.muted = true;
  return alert;
}

TEST_F(GroupTest, MutedAlertCausesNothingAndRepeatsNothing) {
  EXPECT_FALSE(of({fresh(muted(made_alert()))}));
  expect({notified(made_alert("A"), 30), fresh(muted(made_alert("B")))}, Why::repeat, 30 + 14400);
  EXPECT_FALSE(of({notified(muted(made_alert()), 30)}));
}

TEST_F(GroupTest, TheEndOfAMutedAlertThatWasToldIsTold) {
  expect({notified(ended(muted(made_alert()), 50), 30)}, Why::all_resolved, 330);
}

TEST_F(GroupTest, EndOfOneIsToldAfterTheInterval) {
  expect({notified(ended(made_alert("A"), 50), 30), notified(made_alert("B"), 30)}, Why::resolved,
         330);
}

TEST_F(GroupTest, EndOfOneHeldBackIsToldWithTheNext) {
  expect({notified(held_back(ended(made_alert("A"), 50)), 30), notified(made_alert("B"), 30)},
         Why::repeat, 30 + 14400);
}

TEST_F(GroupTest, EndOfTheLastIsTold) {
  expect({notified(ended(made_alert("A"), 50), 30)}, Why::all_resolved, 330);
  expect({notified(held_back(ended(made_alert("A"), 50)), 30)}, Why::all_resolved, 330);
}

TEST_F(GroupTest, RepeatsWhatFiresOnAndIsNotHeldBack) {
  expect({notified(made_alert(), 30)}, Why::repeat, 30 + 14400);
  EXPECT_FALSE(of({notified(held_back(made_alert()), 30)}));
}

TEST_F(GroupTest, NothingIsRepeatedAfterTheEnd) {
  Pending over = notified(ended(made_alert(), 50), 400);
  over.notified_firing = false;
  EXPECT_FALSE(of({over}));
}

TEST_F(GroupTest, WhatEndedWhileThePlaceWasDownIsToldAtOnce) {
  Pending missed = fresh(ended(made_alert(), 50));
  missed.tried = true;
  expect({missed}, Why::all_resolved, 100);
}

TEST_F(GroupTest, RefusedGroupWaitsForTheInterval) {
  Pending refused = fresh(made_alert());
  refused.refused = at(90);
  expect({refused}, Why::first, 390);
}

TEST_F(GroupTest, ClockThatWasSetBackDelaysByNoMoreThanTheInterval) {
  expect({fresh(made_alert())}, Why::first, -3600 + 30, -3600);
  expect({notified(made_alert("A"), 0), fresh(made_alert("B"))}, Why::added, -3600 + 300, -3600);
}

class ResendTest : public GroupTest {
 protected:
  std::optional<Due> of(const Pending& pending, double now = 100) {
    return due(pending, minute, at(now));
  }
};

TEST_F(ResendTest, UnknownIsDueAtOnceAndAgainEveryMinute) {
  EXPECT_EQ(of(fresh(made_alert()))->at, at(100));
  const auto again = of(notified(made_alert(), 90));
  EXPECT_EQ(name(again->why), name(Why::resend));
  EXPECT_EQ(again->at, at(150));
}

TEST_F(ResendTest, HeldBackIsDueOnlyIfItWasTold) {
  EXPECT_FALSE(of(fresh(held_back(made_alert()))));
  EXPECT_EQ(of(notified(held_back(made_alert()), 90))->at, at(150));
}

TEST_F(ResendTest, MutedIsDueOnlyIfItWasTold) {
  EXPECT_FALSE(of(fresh(muted(made_alert()))));
  EXPECT_EQ(of(notified(muted(made_alert()), 90))->at, at(150));
}

TEST_F(ResendTest, EndIsDueAtOnceAndAgainEveryMinute) {
  Pending over = notified(ended(made_alert(), 95), 90);
  EXPECT_EQ(of(over)->at, at(100));
  over.notified = at(100);
  over.notified_firing = false;
  EXPECT_EQ(of(over)->at, at(160));
}

TEST_F(ResendTest, AnEndThatCameBeforeTheStartWasTakenWaitsAMinute) {
  Pending missed = fresh(ended(made_alert(), 95));
  missed.missed = true;
  EXPECT_EQ(name(of(missed)->why), name(Why::first));
  EXPECT_EQ(of(missed)->at, at(100));
  Pending over = notified(ended(made_alert(), 95), 98);
  EXPECT_EQ(name(of(over)->why), name(Why::resolved));
  EXPECT_EQ(of(over)->at, at(158));
  EXPECT_EQ(of(over, 40)->at, at(100)) << "a clock that was set back";
}

TEST_F(ResendTest, RefusedIsDueAgainAfterTenSeconds) {
  Pending refused = fresh(made_alert());
  refused.refused = at(90);
  EXPECT_EQ(of(refused)->at, at(100));
  EXPECT_EQ(of(refused, 200)->at, at(200));
  refused.notified = at(10);
  refused.notified_firing = true;
  EXPECT_EQ(of(refused)->at, at(100));
  EXPECT_EQ(of(refused, -3600)->at, at(-3540)) << "whatever the clock says";
  refused.alert = held_back(made_alert());
  refused.notified.reset();
  EXPECT_FALSE(of(refused));
}

TEST_F(ResendTest, ClockThatWasSetBackDelaysByNoMoreThanAMinute) {
  EXPECT_EQ(of(notified(made_alert(), 90), -3600)->at, at(-3540));
}

}  // namespace
}  // namespace sonde::notify::group_test
