#include "daemon/maintenance/deploys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/maintenance/watched_checks.hpp"

namespace sonde::maintenance::deploys_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::utc;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct DeploysTest : testing::Test {
  const WallTime now = utc("2026-12-01T14:00Z");
  test::Checks checks = {test::named_check("chat", "chat", "production"),
                         test::named_check("api", "health", "staging")};
  Deploys deploys;

  void add(const std::string& target, const std::string& version, const std::string& at = "") {
    const auto made =
        deploys.add({.target = target, .version = version, .by = "ci", .at = at}, checks, now);
    ASSERT_TRUE(made) << made.error();
  }
};

TEST_F(DeploysTest, IsNowUnlessItSaysOtherwise) {
  add("production", "v1.2");
  add("production", "v1.1", "2026-12-01T13:58:00.500Z");
  ASSERT_THAT(deploys.list(), SizeIs(2));
  EXPECT_EQ(deploys.list()[0].version, "v1.2");
  EXPECT_EQ(deploys.list()[0].at, now);
  EXPECT_EQ(show(deploys.list()[1]), "deploy v1.1 on production at 13:58 UTC");
}

TEST_F(DeploysTest, TheRecentOneIsOfTheTargetOrOfAllAndNoLater) {
  add("production", "v1", "2026-12-01T13:00Z");
  add("", "network", "2026-12-01T13:30Z");
  add("staging", "v2", "2026-12-01T13:50Z");
  EXPECT_EQ(deploys.recent("production", now - hours(2), now)->version, "network");
  EXPECT_EQ(deploys.recent("production", now - hours(2), now - minutes(40))->version, "v1");
  EXPECT_EQ(deploys.recent("production", now - minutes(20), now), std::nullopt);
  EXPECT_EQ(deploys.recent("staging", now - minutes(20), now)->version, "v2");
}

TEST_F(DeploysTest, TheNewestOfATargetMayHaveConcernedAll) {
  EXPECT_THAT(deploys.newest(checks), IsEmpty());
  add("production", "v1", "2026-12-01T13:00Z");
  add("", "network", "2026-12-01T13:30Z");
  add("staging", "v2", "2026-12-01T13:50Z");
  const auto newest = deploys.newest(checks);
  ASSERT_THAT(newest, SizeIs(2));
  EXPECT_EQ(newest[0].target + " " + newest[0].version, "production network");
  EXPECT_EQ(newest[1].target + " " + newest[1].version, "staging v2");
}

TEST_F(DeploysTest, RefusesWhatSaysNothing) {
  const auto refusal = [&](const DeployRequest& wish) {
    const auto made = deploys.add(wish, checks, now);
    return made ? "taken" : made.error();
  };
  EXPECT_THAT(refusal({.version = "", .by = "ci"}), HasSubstr("version: "));
  EXPECT_THAT(refusal({.version = std::string(201, 'v'), .by = "ci"}), HasSubstr("version: "));
  EXPECT_THAT(refusal({.version = "v1", .by = ""}), HasSubstr("by: "));
  EXPECT_THAT(refusal({.target = "prod", .version = "v1", .by = "ci"}), HasSubstr("target: "));
  EXPECT_THAT(refusal({.version = "v1", .by = "ci", .at = "2026-12-01T14:00"}), HasSubstr("at: "));
  EXPECT_THAT(refusal({.version = "v1", .by = "ci", .at = "2026-12-01T15:00Z"}),
              HasSubstr("last 30 days"));
  EXPECT_THAT(refusal({.version = "v1", .by = "ci", .at = "2026-10-01T15:00Z"}),
              HasSubstr("last 30 days"));
  EXPECT_THAT(deploys.list(), IsEmpty());
  EXPECT_THAT(deploys.take_notes(), IsEmpty());
}

TEST_F(DeploysTest, TheNewestHundredAreKept) {
  for (int i = 0; i < 101; ++i) add("", "v" + std::to_string(i));
  add("", "old", "2026-11-20T00:00Z");
  EXPECT_THAT(deploys.list(), SizeIs(100));
  EXPECT_EQ(deploys.list().front().version, "v100");
  EXPECT_EQ(deploys.list().back().version, "v1");
}

TEST_F(DeploysTest, SurviveARestart) {
  add("production", "v1 \"final\"");
  add("", "v2");
  const auto notes = deploys.take_notes();
  EXPECT_THAT(deploys.take_notes(), IsEmpty());
  Deploys after;
  after.restore(notes);
  EXPECT_EQ(after.list(), deploys.list());
}

TEST_F(DeploysTest, UnreadableNotesAreLeftAlone) {
  deploys.restore(std::vector<StateRecord>{{"deploys", "newest", "["},
                                           {"deploys", "newest", "[1,{\"at\":-5},{\"at\":1e300}]"},
                                           {"alert", "newest", "[{\"at\":5}]"}});
  EXPECT_THAT(deploys.list(), IsEmpty());
}

}  // namespace
}  // namespace sonde::maintenance::deploys_test
