#include "daemon/judge/judge.hpp"

#include <gtest/gtest.h>

#include "daemon/judge/window_facts.hpp"
#include "tests/daemon/judge/judge_fixture.hpp"

namespace sonde::judge::judge_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(JudgeTest, ACheckCanBeAskedOfSuccessItsAuthStepsAndItsEvents) {
  const std::vector<Rate> wanted{success_rate(), auth_rate(Step::login), auth_rate(Step::upgrade),
                                 delivery_rate("agent_started"), delivery_rate("tool_completed")};
  EXPECT_EQ(judge.rates(*chat), wanted);
}

TEST_F(JudgeTest, EachRateHasItsOwnDenominator) {
  judge.accept(run(Verdict::pass()).auth(Step::login, true).done());
  judge.accept(run(failure(Step::login, Reason::credentials)).auth(Step::login, false).done());
  judge.accept(run(missing_event())
                   .auth(Step::upgrade, true)
                   .event("agent_started", 1, 1)
                   .event("tool_completed", 2, 1)
                   .done());
  EXPECT_EQ(tally(success_rate()), (Tally{3, 2}));
  EXPECT_EQ(tally(auth_rate(Step::login)), (Tally{2, 1}));
  EXPECT_EQ(tally(auth_rate(Step::upgrade)), (Tally{1, 0})) << "events fail after the upgrade";
  EXPECT_EQ(tally(delivery_rate("agent_started")), (Tally{1, 0}));
  EXPECT_EQ(tally(delivery_rate("tool_completed")), (Tally{2, 1}));
  EXPECT_EQ(tally(delivery_rate("unheard_of")), Tally{});
}

TEST_F(JudgeTest, RetriesAndRunsThatSayNothingCountNowhere) {
  for (Verdict verdict :
       {failure(Step::events, Reason::own_lag), failure(Step::login, Reason::overlap)})
    judge.accept(run(verdict).auth(Step::login, true).event("agent_started", 1, 1).done());
  judge.accept(
      run(Verdict::pass()).auth(Step::login, true).event("agent_started", 1, 1).attempt(2).done());
  for (const Rate& rate : judge.rates(*chat)) EXPECT_EQ(tally(rate), Tally{});
  EXPECT_TRUE(judge.failures(*chat, minutes(10), now).groups.empty());
}

TEST_F(JudgeTest, ARefusalCheckStaysNotPerformedUntilItIs) {
  const auto check = [this](const std::string& name, RefusalNote::State state) {
    MadeRun made = run(Verdict::pass());
    made.trace->refusals = {{name, state, "none yet"}};
    judge.accept(made.done());
  };
  check("expired_token", RefusalNote::State::not_performed);
  check("no_token", RefusalNote::State::refused);
  EXPECT_EQ(standing().not_performed,
            (std::map<std::string, std::string>{{"expired_token", "none yet"}}));
  check("expired_token", RefusalNote::State::refused);
  EXPECT_TRUE(standing().not_performed.empty());
}

TEST_F(JudgeTest, FailuresInARowAreCountedUntilAPass) {
  accept(Verdict::pass());
  now += seconds(60);
  const WallTime first(now);
  judge.accept(run(failure(Step::upgrade, Reason::server_error, "HTTP 500")).done());
  now += seconds(60);
  judge.accept(run(failure(Step::upgrade, Reason::server_error, "HTTP 503")).done());
  EXPECT_EQ(standing().last, Outcome::fail);
  EXPECT_EQ(standing().consecutive_failures, 2u);
  EXPECT_EQ(standing().consecutive_passes, 0u);
  EXPECT_EQ(standing().failing_since, first);
  EXPECT_EQ(standing().last_success, first - seconds(60));
  ASSERT_TRUE(standing().failing);
  EXPECT_EQ(standing().failing->count, 2u);
  EXPECT_EQ(standing().failing->first, first);
  EXPECT_EQ(standing().failing->detail, "HTTP 503");
  accept(missing_event());
  EXPECT_EQ(standing().consecutive_failures, 3u);
  EXPECT_EQ(standing().failing->count, 1u) << "another failure than before";
  accept(Verdict::pass());
  EXPECT_EQ(standing().consecutive_failures, 0u);
  EXPECT_EQ(standing().consecutive_passes, 1u);
  EXPECT_FALSE(standing().failing_since);
  EXPECT_FALSE(standing().failing);
}

TEST_F(JudgeTest, ARetryThatPassesEndsTheRowAndHidesNoFailure) {
  accept(missing_event());
  judge.accept(run(missing_event()).attempt(2).done());
  EXPECT_EQ(standing().consecutive_failures, 1u) << "a retry is no further failure";
  judge.accept(run(Verdict::pass()).attempt(3).done());
  EXPECT_EQ(standing().last, Outcome::fail);
  EXPECT_EQ(standing().consecutive_failures, 0u);
  EXPECT_EQ(standing().consecutive_passes, 0u);
  EXPECT_EQ(tally(success_rate()), (Tally{1, 1}));
}

TEST_F(JudgeTest, AnInconclusiveRunIsASignOfLifeAndNoMore) {
  accept(missing_event());
  now += seconds(60);
  accept(failure(Step::login, Reason::own_dns));
  EXPECT_EQ(standing().last, Outcome::fail);
  EXPECT_EQ(standing().newest, Outcome::inconclusive);
  EXPECT_EQ(standing().last_run, WallTime(now));
  EXPECT_EQ(standing().consecutive_failures, 1u);
  now += seconds(60);
  accept(failure(Step::login, Reason::overlap));
  EXPECT_EQ(standing().newest, Outcome::skipped);
  EXPECT_EQ(standing().last_run, WallTime(now) - seconds(60)) << "nothing ran";
}

TEST_F(JudgeTest, KnowsTheCertificatesWhateverTheVerdict) {
  auto own = run(failure(Step::login, Reason::own_dns));
  own.trace->tls({.not_after = 1'900'000'000, .host_port = "a:443"});
  own.trace->tls({.not_after = 0, .host_port = "b:443"});
  judge.accept(own.done());
  EXPECT_EQ(standing().certificates,
            (std::map<std::string, std::int64_t>{{"a:443", 1'900'000'000}}));
}

// Redirects to ever new hosts cannot fill the table for good.
TEST_F(JudgeTest, ForgetsTheCertificateThatWasMetLongestAgo) {
  const auto meets = [&](std::vector<std::string> hosts) {
    auto one = run(failure(Step::login, Reason::redirected));
    for (auto& host : hosts)
      one.trace->tls({.not_after = 1'900'000'000, .host_port = std::move(host)});
    judge.accept(one.done());
    now += seconds(60);
  };
  std::vector<std::string> foreign;
  for (int i = 0; i < 20; ++i) foreign.push_back("foreign" + std::to_string(i) + ":443");
  meets(foreign);
  EXPECT_EQ(standing().certificates.size(), 16U);
  meets({"own:443"});
  EXPECT_TRUE(standing().certificates.contains("own:443"));
  EXPECT_EQ(standing().certificates.size(), 16U);
  now += seconds(25 * 3600);
  meets({"own:443"});
  EXPECT_EQ(standing().certificates, (CertificateEnds{{"own:443", 1'900'000'000}}));
}

TEST_F(JudgeTest, AReloadKeepsWhatStaysAndForgetsWhatGoes) {
  judge.accept(run(missing_event()).event("tool_completed", 1, 0).done());
  auto changed = chat_check();
  changed->fingerprint = "another";
  changed->events = {"tool_completed", "agent_completed"};
  auto other = chat_check("other");
  judge.assign({changed, other});
  EXPECT_EQ(judge.checks().size(), 2u);
  judge.accept(run(missing_event()).done());  // it began before the reload
  EXPECT_EQ(judge.tally(*changed, success_rate(), minutes(10), now), (Tally{2, 2}));
  EXPECT_EQ(judge.tally(*changed, delivery_rate("tool_completed"), minutes(10), now),
            (Tally{1, 1}));
  EXPECT_EQ(judge.rates(*changed).size(), 5u);
  EXPECT_EQ(judge.standing(*changed).consecutive_failures, 2u);
  judge.assign({other});
  EXPECT_TRUE(judge.rates(*changed).empty());
  EXPECT_EQ(judge.tally(*changed, success_rate(), minutes(10), now), Tally{});
  EXPECT_FALSE(judge.standing(*changed).last);
  accept(Verdict::pass());
  EXPECT_EQ(judge.tally(*other, success_rate(), minutes(10), now), Tally{});
}

TEST_F(JudgeTest, QuantilesAreKnownOfWhatIsWatched) {
  judge.watch({{chat, Timed::duration}, {chat, Timed::first_event}});
  for (int i = 1; i <= 100; ++i) {
    auto passed = run(Verdict::pass()).took(milliseconds(i));
    passed.trace->first_event = milliseconds(10 * i);
    judge.accept(passed.done());
  }
  judge.accept(run(missing_event()).took(seconds(9)).done());
  auto p95 = judge.quantile(*chat, Timed::duration, 0.95, minutes(10), now);
  ASSERT_TRUE(p95);
  EXPECT_EQ(p95->value, milliseconds(95)) << "of runs that passed";
  EXPECT_EQ(p95->samples, 100u);
  EXPECT_EQ(judge.quantile(*chat, Timed::first_event, 1, minutes(10), now)->value, seconds(1));
  EXPECT_FALSE(judge.quantile(*chat, Timed::ready, 0.5, minutes(10), now)) << "nobody asked";
  EXPECT_FALSE(judge.quantile(*chat, Timed::duration, 0.5, minutes(10), now + minutes(10)));
  judge.watch({{chat, Timed::duration}});
  EXPECT_EQ(judge.quantile(*chat, Timed::duration, 0.5, minutes(10), now)->samples, 100u);
  EXPECT_FALSE(judge.quantile(*chat, Timed::first_event, 0.5, minutes(10), now));
}

TEST_F(JudgeTest, AClockThatIsSetBackDrawsEverythingToItsNow) {
  auto other = chat_check("other");
  judge.assign({chat, other});
  judge.accept(MadeRun(other, missing_event(), now + hours(10)).done());
  accept(Verdict::pass());
  const auto of_other = [&](WallSeconds at) {
    return judge.tally(*other, success_rate(), minutes(5), at);
  };
  EXPECT_EQ(of_other(now), (Tally{1, 1}));
  EXPECT_EQ(of_other(now + minutes(5)), Tally{}) << "it ages though it runs no more";
  EXPECT_TRUE(judge.failures(*other, minutes(5), now + minutes(5)).groups.empty());
}

TEST_F(JudgeTest, ResultsALittleOutOfOrderChangeNoTime) {
  auto other = chat_check("other");
  judge.assign({chat, other});
  judge.accept(MadeRun(other, missing_event(), now + seconds(30)).done());
  accept(Verdict::pass());
  EXPECT_EQ(judge.tally(*other, success_rate(), minutes(5), now + seconds(310)), (Tally{1, 1}));
}

TEST_F(JudgeTest, WindowsAsMetricsShowThemLeaveOutTheEmptyOnes) {
  const std::set<std::chrono::seconds> lengths{minutes(5), minutes(30), std::chrono::hours(720)};
  const ShownWindows wanted{.success = lengths, .auth = lengths, .delivery = {}};
  EXPECT_TRUE(window_facts(judge, wanted, now).empty());
  judge.accept(run(missing_event()).auth(Step::login, true).done());
  now += minutes(20);
  const auto facts = window_facts(judge, wanted, now);
  std::vector<std::string> shown;
  for (const WindowFacts& fact : facts)
    if (fact.rate == success_rate()) {
      shown.emplace_back(fact.window);
      EXPECT_EQ(fact.tally, (Tally{1, 1}));
      EXPECT_EQ(fact.check, chat);
    }
  EXPECT_EQ(shown.front(), "30m");
  EXPECT_EQ(shown.back(), "30d");
  EXPECT_EQ(facts.size(), 2 * shown.size()) << "success and logins, no delivery";
  EXPECT_EQ(shown.size(), 2U) << "those that are wanted";
}

}  // namespace
}  // namespace sonde::judge::judge_test
