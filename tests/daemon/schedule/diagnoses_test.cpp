#include "daemon/schedule/diagnoses.hpp"

#include <gtest/gtest.h>

namespace sonde::schedule::diagnoses_test {
namespace {

using std::chrono::minutes;

const Instant start{};
const diagnosis::Observation refused{
    .step = Step::upgrade, .reason = Reason::unauthorized, .status = 401};
const Conclusion stale{Reason::token_stale, "a fresh one is accepted"};

TEST(Diagnoses, AnObservationKeepsItsReasonUntilThePass) {
  Diagnoses diagnoses;
  EXPECT_EQ(diagnoses.known(refused), nullptr);
  ASSERT_TRUE(diagnoses.begin(6, start));
  diagnoses.end(refused, stale, true);
  ASSERT_NE(diagnoses.known(refused), nullptr);
  EXPECT_EQ(diagnoses.known(refused)->reason, Reason::token_stale);
  diagnosis::Observation other = refused;
  other.server = "nginx";
  EXPECT_EQ(diagnoses.known(other), nullptr);
  diagnoses.passed(start + minutes(1));
  EXPECT_EQ(diagnoses.known(refused), nullptr);
}

TEST(Diagnoses, OneAtATimeAndSoManyAnHour) {
  Diagnoses diagnoses;
  ASSERT_TRUE(diagnoses.begin(2, start));
  EXPECT_FALSE(diagnoses.begin(2, start));
  diagnoses.end(refused, std::nullopt, true);
  ASSERT_TRUE(diagnoses.begin(2, start + minutes(30)));
  diagnoses.end(refused, std::nullopt, true);
  EXPECT_FALSE(diagnoses.begin(2, start + minutes(59)));
  EXPECT_TRUE(diagnoses.begin(2, start + minutes(60)));
}

TEST(Diagnoses, WhereNothingWasAskedNothingCounts) {
  Diagnoses diagnoses;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(diagnoses.begin(1, start));
    diagnoses.end(refused, std::nullopt, false);
  }
}

TEST(Diagnoses, RunsAreCountedUnderTheReasonOfTheFirstUntilAPass) {
  Diagnoses diagnoses;
  EXPECT_EQ(diagnoses.counted_as(refused, Reason::unauthorized), Reason::unauthorized);
  ASSERT_TRUE(diagnoses.begin(6, start));
  diagnoses.end(refused, stale, true);
  EXPECT_EQ(diagnoses.known(refused)->reason, Reason::token_stale);
  EXPECT_EQ(diagnoses.counted_as(refused, Reason::token_stale), Reason::unauthorized);
  diagnoses.passed(start + minutes(1));
  EXPECT_EQ(diagnoses.counted_as(refused, Reason::token_stale), Reason::token_stale);
}

TEST(Diagnoses, APassMeanwhileOvertakesTheConclusion) {
  Diagnoses diagnoses;
  ASSERT_TRUE(diagnoses.begin(6, start));
  diagnoses.passed(start + minutes(1));
  diagnoses.end(refused, stale, true);
  EXPECT_EQ(diagnoses.known(refused), nullptr);
}

TEST(Diagnoses, LatelyIsTenMinutes) {
  Diagnoses diagnoses;
  EXPECT_FALSE(diagnoses.passed_lately(start));
  diagnoses.passed(start);
  EXPECT_TRUE(diagnoses.passed_lately(start + minutes(10)));
  EXPECT_FALSE(diagnoses.passed_lately(start + minutes(11)));
}

TEST(Diagnoses, WhatWasConcludedOfAFailureThatLastsSurvivesARestart) {
  Diagnoses diagnoses;
  ASSERT_TRUE(diagnoses.begin(6, start));
  diagnoses.end(refused, stale, true);
  EXPECT_EQ(diagnoses.counted_as(refused, Reason::unauthorized), Reason::unauthorized);
  diagnosis::Observation late = refused;
  late.status = 403;
  EXPECT_EQ(diagnoses.counted_as(late, Reason::server_error), Reason::server_error);
  const std::string text = diagnoses.text();
  EXPECT_FALSE(text.contains("unauthorized 401"));
  Diagnoses back;
  back.restore(text);
  ASSERT_NE(back.known(refused), nullptr);
  EXPECT_EQ(back.known(refused)->reason, stale.reason);
  EXPECT_EQ(back.known(refused)->because, stale.because);
  EXPECT_EQ(back.counted_as(refused, Reason::token_stale), Reason::unauthorized);
  EXPECT_EQ(back.known(late), nullptr);
  EXPECT_EQ(back.counted_as(late, Reason::unauthorized), Reason::server_error);
  back.passed(start);
  EXPECT_EQ(back.text(), "");
  back.restore("neither a digest nor a reason\n\nx");
  EXPECT_EQ(back.known(refused), nullptr);
}

}  // namespace
}  // namespace sonde::schedule::diagnoses_test
