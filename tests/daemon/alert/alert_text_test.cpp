#include "daemon/alert/alert_text.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/core/hand_view.hpp"

namespace sonde::alert::alert_text_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Rate logins{.of = RateOf::auth, .step = Step::login, .event = {}};
const Rate upgrades{.of = RateOf::auth, .step = Step::upgrade, .event = {}};
Bound share(double share) { return {.share = config::Percent{share}, .span = {}, .count = {}}; }
Bound count(std::uint64_t n) { return {.share = {}, .span = {}, .count = n}; }

struct AlertTextTest : testing::Test {
  HandView view;
  WallTime now{seconds(1764080000)};  // 2025-11-25 14:13:20 UTC
  RuleSettings rule;

  AlertTextTest() { rule.name = "A"; }
  FailureGroup failure(Step step, Reason reason, std::uint64_t n, std::string detail = "") {
    return {step, reason, n, now - minutes(11), now, std::move(detail)};
  }
  void in_a_row(const CheckPtr& check, std::uint64_t n, FailureGroup last) {
    auto& standing = view.of(check).standing;
    standing.last = Outcome::fail;
    standing.consecutive_failures = n;
    standing.failing_since = last.first;
    standing.failing = std::move(last);
  }
  AlertText text(const Instance& instance, WallTime watched_since) {
    WatchTimes watched;
    watched.assign(view.checks(), watched_since);
    EvalContext context(view, now, watched);
    const Evaluation finding = judge(instance, context, {});
    return tell(instance, finding, failures_of(instance, context), context);
  }
  AlertText text() {
    return text(instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0), now);
  }
};

TEST_F(AlertTextTest, OfAuthSuccess) {
  const auto check = view.add("upgrade");
  rule.of = AlertOf::auth_success;
  rule.below = share(0.9);
  rule.clear_above = share(0.93);
  rule.hold = minutes(2);
  view.tally(check, upgrades, {25, 7});
  view.tally(check, logins, {40, 0});
  view.of(check).failures.groups = {
      failure(Step::upgrade, Reason::server_error_after_auth, 7, "HTTP 500"),
      failure(Step::hold, Reason::idle_closed, 2)};
  const auto said = text();
  EXPECT_EQ(said.value, "72.0 % (18 of 25)");
  EXPECT_DOUBLE_EQ(said.number, 0.72);
  EXPECT_EQ(said.summary,
            "upgrade auth success 72.0 % (18 of 25) over 10m on staging, wanted 90 %; logins 40 of "
            "40; 7 x upgrade/server_error_after_auth (HTTP 500) since 14:02 UTC");
  EXPECT_EQ(said.description, "Probe upgrade (upgrade) of staging. server_error_after_auth: " +
                                  std::string(row(Reason::server_error_after_auth).help) +
                                  " A fires below 90% over 10m for 2m, clears at 93%.");
  EXPECT_EQ(said.probe, "upgrade");
}

TEST_F(AlertTextTest, OfSeveralWindows) {
  const auto check = view.add("login");
  rule.of = AlertOf::auth_success;
  rule.below = share(0.9);
  rule.over = {minutes(10), minutes(30)};
  rule.clear_above = share(0.93);
  view.tally(check, logins, minutes(10), {40, 40});
  view.tally(check, logins, minutes(30), {120, 41});
  EXPECT_EQ(text().summary,
            "login auth success 0.0 % (0 of 40) over 10m, 65.8 % (79 of 120) over 30m on staging, "
            "wanted 90 %");
}

TEST_F(AlertTextTest, AWindowWithoutAnAttemptComesLast) {
  const auto check = view.add("login");
  rule.of = AlertOf::auth_success;
  rule.below = share(0.9);
  rule.over = {minutes(10), minutes(30)};
  rule.clear_above = share(0.93);
  view.tally(check, logins, minutes(30), {120, 41});
  const auto instance = instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0);
  const WatchTimes watched;
  EvalContext context(view, now, watched);
  const Evaluation finding = judge(instance, context, {});
  EXPECT_EQ(instance.subject->headline(instance, finding, context),
            "login auth success 65.8 % (79 of 120) over 30m, no login in 10m on staging, wanted "
            "90 %");
  EXPECT_EQ(instance.subject->value(finding), "no login in 10m");
}

TEST_F(AlertTextTest, OfEventDelivery) {
  const auto check = view.add("chat");
  rule.of = AlertOf::event_delivery;
  rule.below = share(0.99);
  rule.clear_above = share(0.993);
  rule.over = {hours(6)};
  view.tally(check, {.of = RateOf::delivery, .step = Step::login, .event = "tool_completed"},
             {1000, 11});
  view.of(check).failures.groups = {failure(Step::events, Reason::missing_event, 11),
                                    failure(Step::login, Reason::credentials, 3)};
  EXPECT_EQ(text().summary,
            "delivery of tool_completed 98.9 % (989 of 1000) over 6h on staging, wanted 99 %; 11 x "
            "events/missing_event since 14:02 UTC");
}

TEST_F(AlertTextTest, OfProbeSuccessOfATarget) {
  const auto check = view.add("login");
  view.add("chat");
  rule.by = InstanceBy::target;
  rule.below = share(0.9995);
  rule.clear_above = share(0.9998);
  view.tally(check, {}, {100, 1});
  const auto said = text();
  EXPECT_EQ(said.summary,
            "success of 2 probes 99.0 % (99 of 100) over 10m on staging, wanted "
            "99.95 %");
  EXPECT_EQ(said.description,
            "Probes login, chat of staging. A fires below 99.95% over 10m, "
            "clears at 99.98%.");
}

TEST_F(AlertTextTest, OfLatency) {
  const auto check = view.add("chat");
  rule.of = AlertOf::latency;
  rule.measure = Timed::first_event;
  rule.above = Bound{.share = {}, .span = seconds(2), .count = {}};
  view.of(check).quantile = Quantile{milliseconds(3256), 40};
  EXPECT_DOUBLE_EQ(text().number, 3.256);
  EXPECT_EQ(text().summary,
            "chat p95 of first_event 3.25s (of 40 runs) over 10m on staging, wanted 2s");
}

TEST_F(AlertTextTest, OfFailuresInARow) {
  const auto check = view.add("chat");
  rule.of = AlertOf::consecutive_failures;
  rule.above = count(2);
  rule.over = {};
  in_a_row(check, 3, failure(Step::login, Reason::tcp_refused, 3, "127.0.0.1:9 refuses"));
  view.of(check).failures.groups = {failure(Step::login, Reason::tcp_refused, 3)};
  const auto said = text();
  EXPECT_EQ(said.value, "3");
  EXPECT_DOUBLE_EQ(said.number, 3);
  EXPECT_EQ(said.summary,
            "chat failed 3 times in a row on staging since 14:02 UTC: "
            "login/tcp_refused (127.0.0.1:9 refuses)");
  EXPECT_EQ(said.description,
            "Probe chat (chat) of staging. tcp_refused: The host refuses connections on that port. "
            "A fires above 2.");
}

TEST_F(AlertTextTest, OfACertificate) {
  const auto check = view.add("chat");
  rule.of = AlertOf::certificate_expiry;
  rule.below = Bound{.share = {}, .span = hours(24 * 14), .count = {}};
  rule.over = {};
  const auto target = instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0);
  const auto one = at_endpoint(target, "chat.example.com:443");
  auto& not_after = view.of(check).standing.certificates["chat.example.com:443"];
  not_after = 1764080000 + 12 * 86400 + 3600;
  EXPECT_DOUBLE_EQ(text(one, now).number, 12 * 86400 + 3600);
  EXPECT_EQ(text(one, now).summary,
            "certificate of chat.example.com:443 on staging expires in 12d (2025-12-07)");
  EXPECT_EQ(text(one, now).value, "12d");
  not_after = 1764080000 - 3 * 3600;
  EXPECT_EQ(text(one, now).summary,
            "certificate of chat.example.com:443 on staging expired 3h ago (2025-11-25)");
}

TEST_F(AlertTextTest, OfAReason) {
  const auto check = view.add("upgrade");
  rule.of = AlertOf::reason;
  rule.reasons = {Reason::auth_fail_open, Reason::cross_user_leak};
  rule.above = count(0);
  view.tally(check, {}, {10, 1});
  view.of(check).failures.groups = {failure(Step::refuse, Reason::auth_fail_open, 1, "no token"),
                                    failure(Step::refuse, Reason::no_refusal, 4)};
  EXPECT_EQ(text().summary,
            "auth_fail_open or cross_user_leak once over 10m on staging, by upgrade; 1 x "
            "refuse/auth_fail_open (no token) since 14:02 UTC");
}

TEST_F(AlertTextTest, OfAFalseGreen) {
  const auto chat = view.add("chat");
  const auto health = view.add("health");
  rule.of = AlertOf::false_green;
  rule.above = count(2);
  rule.over = {};
  in_a_row(chat, 5, failure(Step::upgrade, Reason::no_route, 5));
  view.of(health).standing.last = Outcome::pass;
  EXPECT_EQ(text().summary,
            "health passes, but chat failed 5 times in a row on staging since "
            "14:02 UTC: upgrade/no_route");
}

TEST_F(AlertTextTest, OfABurningBudget) {
  const auto check = view.add("upgrade");
  rule.of = AlertOf::burn_rate;
  rule.over = {};
  rule.objective = {.share = 0.99};
  view.tally(check, upgrades, hours(1), {240, 48});
  view.tally(check, upgrades, minutes(5), {20, 5});
  view.tally(check, upgrades, hours(720), {10'000, 130});
  EXPECT_EQ(
      text().summary,
      "upgrade auth success uses its error budget at 20.0 times the allowed rate over 1h and 25.0 "
      "times over 5m on staging, 80.0 % (192 of 240), wanted 99 % in 30d; -30 % of the "
      "budget left");
}

TEST_F(AlertTextTest, OfSilence) {
  const auto check = view.add("chat");
  rule.below = share(0.9);
  rule.clear_above = share(0.93);
  view.of(check).standing.last_run = now - minutes(11);
  const auto one = instances_of(std::make_shared<RuleSettings>(rule), view.checks()).at(0);
  const auto said = text(one, now - hours(1));
  EXPECT_EQ(said.summary, "no data of chat on staging since 14:02 UTC");
  EXPECT_EQ(said.value, "no data");
}

TEST(AlertTextParts, SuccessIsRoundedDown) {
  EXPECT_EQ(show_success({10000, 1}), "99.9 % (9999 of 10000)");
  EXPECT_EQ(show_success({3, 0}), "100.0 % (3 of 3)");
  EXPECT_EQ(show_success({0, 0}), "no attempt");
}

TEST(AlertTextParts, TimesOfAnotherDayCarryIt) {
  const WallTime now(seconds(1764080000));
  EXPECT_EQ(show_time(now - hours(21), now), "24 Nov 17:13 UTC");
  EXPECT_EQ(show_time(now - hours(2), now), "12:13 UTC");
}

TEST(AlertTextParts, DetailsAreShortPrintableAndWholeCharacters) {
  EXPECT_EQ(show_detail("a\n\x1b[31mb\x7f"), "a\\n\\x1b[31mb\\x7f");
  EXPECT_EQ(show_detail(std::string(79, 'x') + "\xc3\xa4 and more"), std::string(79, 'x') + "...");
  EXPECT_EQ(show_detail(std::string(78, 'x') + "\xc3\xa4 and more"),
            std::string(78, 'x') + "\xc3\xa4...");
  EXPECT_EQ(show_detail(std::string(80, 'x')), std::string(80, 'x'));
}

TEST(AlertTextParts, ManyReasonsAreCut) {
  Failures failures;
  for (Reason reason : {Reason::timeout, Reason::tcp_reset, Reason::bad_http, Reason::csrf})
    failures.groups.push_back({Step::login, reason, 2, WallTime(hours(1)), WallTime(hours(1)), ""});
  EXPECT_EQ(show_failures(failures, WallTime(hours(2))),
            "2 x login/timeout since 01:00 UTC, 2 x login/tcp_reset since 01:00 UTC, 2 x "
            "login/bad_http since 01:00 UTC and 1 more reason");
}

}  // namespace
}  // namespace sonde::alert::alert_text_test
