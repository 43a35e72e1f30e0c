#include <gtest/gtest.h>

#include "tests/daemon/judge/judge_fixture.hpp"

namespace sonde::judge::judge_maintenance_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// A judge of one chat that is under maintenance from noon on, for ten minutes.
struct JudgeMaintenanceTest : testing::Test {
  std::shared_ptr<Check> chat = chat_check();
  Judge judge{[](const Check&, WallTime began) {
    return began >= WallTime(kNoon) && began < WallTime(kNoon + minutes(10));
  }};

  void SetUp() override { judge.assign({chat}); }
  void accept(Verdict verdict, WallSeconds end, Span took = seconds(1)) {
    judge.accept(MadeRun(chat, std::move(verdict), end).took(took).done());
  }
  CheckStatus standing() { return judge.standing(*chat); }
  Tally tally(WallSeconds now) { return judge.tally(*chat, success_rate(), minutes(30), now); }
};

TEST_F(JudgeMaintenanceTest, ItsRunsCountNowhereButWereMade) {
  accept(missing_event(), kNoon - seconds(5));
  for (int i = 0; i < 3; ++i) accept(missing_event(), kNoon + minutes(i + 1));
  accept(Verdict::pass(), kNoon + minutes(5));
  EXPECT_EQ(tally(kNoon + minutes(6)), (Tally{1, 1}));
  EXPECT_EQ(judge.failures(*chat, minutes(30), kNoon + minutes(6)).groups.at(0).count, 1u);
  EXPECT_EQ(standing().consecutive_failures, 1u);
  EXPECT_EQ(standing().last, Outcome::fail);
  EXPECT_FALSE(standing().last_success);
  EXPECT_EQ(standing().last_run, WallTime(kNoon + minutes(5))) << "the probe is not silent";
}

TEST_F(JudgeMaintenanceTest, ARunBelongsToItIfItBeganWithinIt) {
  accept(missing_event(), kNoon + minutes(10) + seconds(2), seconds(5));
  EXPECT_EQ(tally(kNoon + minutes(11)), Tally{});
  EXPECT_EQ(standing().consecutive_failures, 0u);
  accept(missing_event(), kNoon + seconds(2), seconds(5));
  EXPECT_EQ(tally(kNoon + minutes(11)), (Tally{1, 1})) << "it began before";
}

TEST_F(JudgeMaintenanceTest, AVerdictWithinItEndsARowOfInconclusiveRunsAndNoRunBeginsOne) {
  const auto secret = failure(Step::login, Reason::own_secret, "cannot read it");
  accept(secret, kNoon - seconds(5));
  accept(Verdict::pass(), kNoon + minutes(1));
  EXPECT_FALSE(standing().inconclusive);
  accept(secret, kNoon + minutes(2));
  EXPECT_FALSE(standing().inconclusive);
}

}  // namespace
}  // namespace sonde::judge::judge_maintenance_test
