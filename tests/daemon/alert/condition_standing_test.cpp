#include "tests/daemon/alert/hand_condition.hpp"

namespace sonde::test::condition_standing_test {
namespace {

TEST_F(ConditionTest, FailuresInARow) {
  rule = {.name = "A", .of = alert::AlertOf::consecutive_failures, .above = count(2), .over = {}};
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  auto& standing = view.of(check).standing;
  standing.last = Outcome::fail;
  standing.consecutive_failures = 2;
  EXPECT_EQ(holds(), alert::ConditionState::no);
  standing.consecutive_failures = 3;
  EXPECT_EQ(holds(), alert::ConditionState::yes);
}

TEST_F(ConditionTest, AQuantileOfLatency) {
  rule = {.name = "A", .of = alert::AlertOf::latency, .above = span(seconds(2))};
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.of(check).quantile = Quantile{seconds(2), 10};
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.of(check).quantile = Quantile{seconds(2) + std::chrono::milliseconds(1), 10};
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  view.of(check).quantile->samples = 9;
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  rule.clear_below = span(seconds(1));
  view.of(check).quantile = Quantile{std::chrono::milliseconds(1500), 10};
  EXPECT_EQ(holds(), alert::ConditionState::no);
  EXPECT_EQ(firing(), alert::ConditionState::yes);
}

TEST_F(ConditionTest, ACertificateOfAnEndpoint) {
  rule = {.name = "A",
          .of = alert::AlertOf::certificate_expiry,
          .below = span(hours(24 * 14)),
          .over = {}};
  const auto target =
      instances_of(std::make_shared<alert::RuleSettings>(rule), view.checks()).at(0);
  const auto one = at_endpoint(target, "chat.example.com:443");
  EXPECT_EQ(one.labels.at("endpoint"), "chat.example.com:443");
  const auto found = [&] {
    alert::EvalContext context(view, now, watched);
    return judge(one, context, {});
  };
  EXPECT_EQ(found().holds, alert::ConditionState::unknown);
  auto& standing = view.of(check).standing;
  const auto today = std::chrono::floor<seconds>(now.time_since_epoch()).count();
  standing.certificates["chat.example.com:443"] = today + 14 * 86400;
  EXPECT_EQ(found().holds, alert::ConditionState::no);
  standing.certificates["chat.example.com:443"] = today + 14 * 86400 - 1;
  EXPECT_EQ(found().holds, alert::ConditionState::yes);
  standing.certificates.clear();
  EXPECT_EQ(found().holds, alert::ConditionState::unknown);
  standing.certificates_known = true;
  EXPECT_EQ(found().holds, alert::ConditionState::no);
}

TEST_F(ConditionTest, AReasonFiresWithItsFirstRunAndEndsWhenOneHasPassedSince) {
  rule = {.name = "A",
          .of = alert::AlertOf::reason,
          .reasons = {Reason::auth_fail_open},
          .above = count(0)};
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.tally(check, runs, {10, 9});
  EXPECT_EQ(holds(), alert::ConditionState::no);
  FailureGroup open{.step = Step::refuse, .reason = Reason::auth_fail_open, .count = 1};
  open.last = now - minutes(1);
  view.of(check).failures.groups = {open};
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  EXPECT_EQ(find().count, 1);
  alert::PriorState past{.firing = true, .seen = find().seen};
  EXPECT_EQ(past.seen.at(key_of(*check)), open.last);
  view.of(check).failures.groups.clear();
  EXPECT_EQ(holds(past), alert::ConditionState::unknown)
      << "those that failed elsewhere say nothing of it";
  view.of(check).standing.last_success = now - minutes(2);
  EXPECT_EQ(holds(past), alert::ConditionState::unknown) << "it passed before";
  view.of(check).standing.last_success = now;
  EXPECT_EQ(holds(past), alert::ConditionState::no);
}

TEST_F(ConditionTest, AReasonDoesNotEndWithAPassOfTheSecondOfItsFailure) {
  rule = {.name = "A",
          .of = alert::AlertOf::reason,
          .reasons = {Reason::server_error},
          .above = count(0)};
  const auto failed = std::chrono::floor<seconds>(now - minutes(1));
  const alert::PriorState past{.firing = true, .seen = {{key_of(*check), failed}}};
  view.of(check).standing.last_success = failed + std::chrono::milliseconds(200);
  EXPECT_EQ(holds(past), alert::ConditionState::unknown) << "it may have failed afterwards";
  view.of(check).standing.last_success = failed + seconds(1);
  EXPECT_EQ(holds(past), alert::ConditionState::no);
}

TEST_F(ConditionTest, AReasonOfATargetEndsWhenThoseThatSawItHavePassed) {
  const auto chat = view.add("chat");
  rule = {.name = "A",
          .of = alert::AlertOf::reason,
          .reasons = {Reason::server_error},
          .above = count(0),
          .by = alert::InstanceBy::target};
  alert::PriorState past{.firing = true, .seen = {{key_of(*check), now - minutes(1)}}};
  view.of(chat).standing.last_success = now;
  EXPECT_EQ(holds(past), alert::ConditionState::unknown);
  view.of(check).standing.last_success = now;
  EXPECT_EQ(holds(past), alert::ConditionState::no);
}

TEST_F(ConditionTest, ALatencyOfATargetIsNotOverWhileTheSlowProbePassesNoMore) {
  const auto chat = view.add("chat");
  rule = {.name = "A",
          .of = alert::AlertOf::latency,
          .above = span(seconds(2)),
          .by = alert::InstanceBy::target};
  view.of(check).quantile = Quantile{seconds(3), 10};
  view.of(chat).quantile = Quantile{seconds(1), 10};
  const auto slow = find();
  EXPECT_EQ(slow.holds, alert::ConditionState::yes);
  const alert::PriorState past{.firing = true, .seen = slow.seen};
  view.of(check).quantile.reset();
  EXPECT_EQ(holds(past), alert::ConditionState::unknown);
  EXPECT_EQ(holds(), alert::ConditionState::no) << "nobody knows that it was slow";
  view.of(check).quantile = Quantile{seconds(1), 10};
  EXPECT_EQ(holds(past), alert::ConditionState::no);
}

TEST_F(ConditionTest, AReasonAlsoMatchesTheConcludedCause) {
  rule = {.name = "A",
          .of = alert::AlertOf::reason,
          .reasons = {Reason::clock_skew},
          .above = count(0)};
  view.tally(check, runs, {10, 10});
  FailureGroup failed{.step = Step::upgrade, .reason = Reason::unauthorized, .count = 4};
  view.of(check).failures.groups = {failed};
  EXPECT_EQ(holds(), alert::ConditionState::no);
  failed.concluded = Reason::clock_skew;
  view.of(check).failures.groups = {failed};
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  EXPECT_EQ(find().count, 4);
  rule.reasons = {Reason::unauthorized, Reason::clock_skew};
  EXPECT_EQ(find().count, 4) << "a run counts once";
}

TEST_F(ConditionTest, HealthThatPassesWhileThePathFails) {
  rule = {.name = "A",
          .of = alert::AlertOf::false_green,
          .above = count(2),
          .over = {},
          .by = alert::InstanceBy::target};
  const auto health = view.add("health");
  view.of(check).standing.last = Outcome::fail;
  view.of(check).standing.consecutive_failures = 3;
  EXPECT_EQ(holds(), alert::ConditionState::unknown);
  view.of(health).standing.last = Outcome::pass;
  EXPECT_EQ(holds(), alert::ConditionState::yes);
  view.of(health).standing.last = Outcome::fail;
  EXPECT_EQ(holds(), alert::ConditionState::no);
  view.of(health).standing.last = Outcome::pass;
  view.of(check).standing.consecutive_failures = 0;
  EXPECT_EQ(holds(), alert::ConditionState::no);
  const auto isolation = view.add("isolation");
  view.of(isolation).standing.last = Outcome::fail;
  view.of(isolation).standing.consecutive_failures = 3;
  watch(now);
  view.of(check).standing.last = Outcome::pass;
  EXPECT_EQ(holds(), alert::ConditionState::no) << "it is not on the path";
}

}  // namespace
}  // namespace sonde::test::condition_standing_test
