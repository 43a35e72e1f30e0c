#include "daemon/maintenance/maintenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/core/format.hpp"
#include "tests/daemon/maintenance/watched_checks.hpp"

namespace sonde::maintenance::maintenance_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::utc;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct MaintenanceTest : testing::Test {
  const WallTime now = utc("2026-12-01T12:00Z");
  test::Checks checks = {test::named_check("chat", "chat", "production"),
                         test::named_check("api", "health", "staging")};
  const Check& chat = *checks[0];
  const Check& api = *checks[1];
  Maintenance book;

  static MaintenanceRequest wish() {
    return {.length = "2h", .target = {"production"}, .reason = "upgrade", .author = "ann"};
  }
  std::string refusal(const MaintenanceRequest& wish) {
    const auto made = book.add(wish, checks, now);
    return made ? "taken" : made.error();
  }
  static Downtime configured(WallTime from, WallTime to) {
    return {.id = "nightly", .reason = "backup", .configured = true, .once = {from, to}};
  }
};

TEST_F(MaintenanceTest, AWindowOfTheApiBeginsNowUnlessItSaysOtherwise) {
  const auto made = book.add(wish(), checks, now);
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->active);
  EXPECT_FALSE(made->configured);
  EXPECT_EQ(made->to, now + hours(2));
  const auto cover = book.covers(chat, now + minutes(119));
  ASSERT_TRUE(cover);
  EXPECT_EQ(cover->downtime->author, "ann");
  EXPECT_EQ(cover->until, now + hours(2));
  EXPECT_EQ(book.why(chat, now), "maintenance until 2026-12-01T14:00Z: upgrade (ann)");
  EXPECT_FALSE(book.covers(api, now));
  EXPECT_EQ(book.why(api, now), "");
  EXPECT_FALSE(book.covers(chat, now + hours(2)));
}

TEST_F(MaintenanceTest, ALaterOneIsListedAndDoesNotHoldYet) {
  auto later = wish();
  later.from = "2026-12-24T18:00";
  later.zone = "Europe/Berlin";
  ASSERT_TRUE(book.add(later, checks, now));
  EXPECT_FALSE(book.covers(chat, now));
  ASSERT_THAT(book.list(now), SizeIs(1));
  EXPECT_EQ(book.list(now)[0].from, utc("2026-12-24T17:00Z"));
  EXPECT_EQ(book.next_change(now), utc("2026-12-24T17:00Z"));
}

TEST_F(MaintenanceTest, RefusesWhatItCannotHold) {
  auto bad = wish();
  bad.length = "31d";
  EXPECT_THAT(refusal(bad), HasSubstr("for: at most 30d"));
  bad = wish();
  bad.length = "1 hour";
  EXPECT_THAT(refusal(bad), HasSubstr("for: "));
  bad = wish();
  bad.author = "";
  EXPECT_THAT(refusal(bad), HasSubstr("author: "));
  bad = wish();
  bad.reason = "";
  EXPECT_THAT(refusal(bad), HasSubstr("reason: "));
  bad = wish();
  bad.rates = "maybe";
  EXPECT_THAT(refusal(bad), HasSubstr("rates: "));
  bad = wish();
  bad.from = "2026-11-01T00:00Z";
  EXPECT_THAT(refusal(bad), HasSubstr("over already"));
  bad = wish();
  bad.target = {"prodution"};
  bad.zone = "Europe/Brelin";
  EXPECT_THAT(refusal(bad), testing::AllOf(HasSubstr("did you mean 'production'?"),
                                           HasSubstr("there is no time zone")));
  EXPECT_THAT(book.list(now), IsEmpty());
  EXPECT_THAT(book.take_notes(now), IsEmpty());
}

TEST_F(MaintenanceTest, AHundredAtOnceAreEnough) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(book.add(wish(), checks, now));
  EXPECT_THAT(refusal(wish()), HasSubstr("there are 100"));
  EXPECT_TRUE(book.add(wish(), checks, now + hours(3))) << "the first ones are over";
}

TEST_F(MaintenanceTest, EachHasAnIdAndIsEndedByIt) {
  const auto one = book.add(wish(), checks, now), other = book.add(wish(), checks, now);
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->id, other->id);
  ASSERT_TRUE(book.end(one->id, now + minutes(5)));
  EXPECT_TRUE(book.covers(chat, now + minutes(6)));
  ASSERT_TRUE(book.end(other->id, now + minutes(5)));
  EXPECT_FALSE(book.covers(chat, now + minutes(6)));
  EXPECT_TRUE(book.excludes(chat, now + minutes(4))) << "a run that began then is judged now";
  EXPECT_THAT(book.list(now + minutes(6)), IsEmpty());
  EXPECT_THAT(book.end(one->id, now + minutes(6)).error(), HasSubstr("there is no"));
  EXPECT_THAT(book.end("x", now).error(), HasSubstr("there is no"));
}

TEST_F(MaintenanceTest, AWindowOfTheFileIsEndedInTheFile) {
  book.assign({configured(now, now + hours(1))});
  EXPECT_THAT(book.end("nightly", now).error(), HasSubstr("end it there"));
  EXPECT_TRUE(book.covers(api, now));
}

TEST_F(MaintenanceTest, AReloadReplacesThoseOfTheFileAlone) {
  book.assign({configured(now, now + hours(1))});
  ASSERT_TRUE(book.add(wish(), checks, now));
  book.assign({});
  EXPECT_FALSE(book.covers(api, now));
  EXPECT_TRUE(book.covers(chat, now));
}

TEST_F(MaintenanceTest, ThoseOfTheApiSurviveARestart) {
  auto precise = wish();
  precise.probe = {"chat"};
  precise.kind = {"chat"};
  precise.reason = "say \"when\"\n";
  precise.rates = "include";
  ASSERT_TRUE(book.add(precise, checks, now));
  const auto notes = book.take_notes(now);
  ASSERT_THAT(notes, SizeIs(1));
  EXPECT_THAT(book.take_notes(now), IsEmpty());
  Maintenance after;
  after.restore(notes);
  const auto before = book.list(now), restored = after.list(now);
  ASSERT_THAT(restored, SizeIs(1));
  EXPECT_EQ(restored[0].id, before[0].id);
  EXPECT_EQ(restored[0].reason, before[0].reason);
  EXPECT_EQ(restored[0].author, "ann");
  EXPECT_EQ(restored[0].probe, before[0].probe);
  EXPECT_EQ(restored[0].target, before[0].target);
  EXPECT_EQ(restored[0].to, before[0].to);
  EXPECT_TRUE(restored[0].counted);
  EXPECT_THAT(after.take_notes(now), IsEmpty());
}

TEST_F(MaintenanceTest, AnEndSurvivesToo) {
  const auto made = book.add(wish(), checks, now);
  ASSERT_TRUE(book.end(made->id, now + minutes(1)));
  Maintenance after;
  after.restore(std::vector{book.take_notes(now + minutes(1)).back()});
  EXPECT_FALSE(after.covers(chat, now + minutes(2)));
}

TEST_F(MaintenanceTest, WhatIsLongPastIsForgottenInTheStore) {
  ASSERT_TRUE(book.add(wish(), checks, now));
  const std::string id = book.take_notes(now).front().key;
  const auto notes = book.take_notes(now + hours(4));
  ASSERT_THAT(notes, SizeIs(1));
  EXPECT_EQ(notes[0], (StateRecord{"maintenance", id, ""}));
}

TEST_F(MaintenanceTest, ARunThatTookAnHourIsStillKnownToHaveBegunWithinIt) {
  const auto made = book.add(wish(), checks, now);
  ASSERT_TRUE(made && book.end(made->id, now + minutes(5)));
  book.take_notes(now + minutes(65));
  EXPECT_TRUE(book.excludes(chat, now + minutes(4)));
  EXPECT_FALSE(book.excludes(chat, now + minutes(6)));
}

TEST_F(MaintenanceTest, UnreadableNotesAndThoseOfOthersAreLeftAlone) {
  book.restore(std::vector<StateRecord>{{"maintenance", "m1", "{"},
                                        {"maintenance", "m2", R"({"from":1e300,"to":2e300})"},
                                        {"maintenance", "m3", R"({"from":5,"to":"x"})"},
                                        {"alert", "m4", R"({"from":0,"to":8e9})"}});
  EXPECT_FALSE(book.covers(chat, now));
}

TEST_F(MaintenanceTest, RunsInItAreLeftOutOfTheRatesUnlessItCountsThem) {
  book.assign({configured(now, now + hours(1))});
  EXPECT_TRUE(book.excludes(chat, now));
  auto counted = configured(now, now + hours(1));
  counted.counted = true;
  book.assign({counted});
  EXPECT_TRUE(book.covers(chat, now));
  EXPECT_FALSE(book.excludes(chat, now));
}

TEST_F(MaintenanceTest, TellsOfEveryCheckWhetherItIsInMaintenance) {
  ASSERT_TRUE(book.add(wish(), checks, now));
  const auto facts = book.facts(checks, now);
  ASSERT_THAT(facts, SizeIs(2));
  EXPECT_TRUE(facts[0].active);
  EXPECT_EQ(facts[0].kind, "chat");
  EXPECT_FALSE(facts[1].active);
}

}  // namespace
}  // namespace sonde::maintenance::maintenance_test
