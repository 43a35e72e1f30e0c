#include "daemon/schedule/egress_log.hpp"

#include <gtest/gtest.h>

namespace sonde::schedule::egress_log_test {
namespace {

using std::chrono::milliseconds;

Instant at(int ms) { return Instant(milliseconds(ms)); }

EgressAnswer round(int asked, int known, bool up) {
  return {.asked = at(asked), .at = at(known), .up = up, .detail = "nobody"};
}

TEST(EgressLog, KnowsNothingBeforeTheFirstRound) {
  EXPECT_EQ(EgressLog().judge(at(0), at(100)), EgressState::unknown);
}

TEST(EgressLog, ARoundWithinTheFailureThatNobodyAnsweredBlamesUs) {
  EgressLog log;
  log.add(round(1000, 3000, false));
  log.add(round(8000, 8010, true));
  EXPECT_EQ(log.judge(at(500), at(8500)), EgressState::down);
  EXPECT_EQ(log.why_down(), "nobody");
}

TEST(EgressLog, AnEarlierRoundSaysNothingOfALaterFailure) {
  EgressLog log;
  log.add(round(1000, 1900, false));
  log.add(round(1500, 1910, true));
  EXPECT_EQ(log.judge(at(2111), at(2111)), EgressState::unknown);
}

TEST(EgressLog, OneOfJustNowDoesSoThatFastFailuresDoNotWait) {
  EgressLog up, down;
  up.add(round(1990, 2000, true));
  down.add(round(1000, 2000, false));
  EXPECT_EQ(up.judge(at(2150), at(2151)), EgressState::up);
  EXPECT_EQ(down.judge(at(2150), at(2151)), EgressState::down);
}

TEST(EgressLog, AnAnswerDuringTheFailureThatIsOldByItsEndIsAskedAnew) {
  EgressLog log;
  log.add(round(2000, 2010, true));
  EXPECT_EQ(log.judge(at(1500), at(2900)), EgressState::up);
  EXPECT_EQ(log.judge(at(1500), at(12000)), EgressState::unknown);
}

TEST(EgressLog, ARoundUnderWayWhenTheFailureEndsAnswersForIt) {
  EgressLog up, down;
  up.add(round(1000, 3000, true));
  down.add(round(1000, 3000, false));
  EXPECT_EQ(up.judge(at(2000), at(2001)), EgressState::up);
  EXPECT_EQ(down.judge(at(2000), at(2001)), EgressState::down);
}

}  // namespace
}  // namespace sonde::schedule::egress_log_test
