#include "daemon/core/result.hpp"

#include <gtest/gtest.h>

namespace sonde::result_test {
namespace {

struct AuthSamples : testing::Test {
  std::shared_ptr<Trace> trace = std::make_shared<Trace>();
  Result result;

  std::vector<AuthSample> of(Verdict verdict) {
    result.verdict = std::move(verdict);
    result.trace = trace;
    return auth_samples(result);
  }
};

TEST_F(AuthSamples, ARunThatMadeNoLoginGivesNone) { EXPECT_TRUE(of(Verdict::pass()).empty()); }

TEST_F(AuthSamples, WhatFailsAfterTheLoginDoesNotCountAgainstIt) {
  trace->auth_begun(Step::login);
  trace->auth_succeeded(Step::login);
  trace->auth_begun(Step::upgrade);
  const auto samples = of(Verdict::of(Step::upgrade, {Reason::server_error, ""}));
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_TRUE(samples[0].succeeded);
  EXPECT_EQ(samples[0].reason, Reason::ok);
  EXPECT_EQ(samples[1].step, Step::upgrade);
  EXPECT_FALSE(samples[1].succeeded);
  EXPECT_EQ(samples[1].reason, Reason::server_error);
}

TEST_F(AuthSamples, AFailureOfTheNetworkCounts) {
  trace->auth_begun(Step::login);
  const auto samples = of(Verdict::of(Step::login, {Reason::tcp_refused, ""}));
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_FALSE(samples[0].succeeded);
}

TEST_F(AuthSamples, AStepHasAtMostOne) {
  trace->auth_begun(Step::login);
  trace->auth_succeeded(Step::login);
  trace->auth_begun(Step::login);
  EXPECT_EQ(of(Verdict::pass()).size(), 1u);
}

TEST_F(AuthSamples, RetriesAndRunsThatSayNothingGiveNone) {
  trace->auth_begun(Step::login);
  EXPECT_TRUE(of(Verdict::of(Step::login, {Reason::own_dns, ""})).empty());
  EXPECT_TRUE(of(Verdict::of(Step::login, {Reason::overlap, ""})).empty());
  result.attempt = 2;
  EXPECT_TRUE(of(Verdict::of(Step::login, {Reason::timeout, ""})).empty());
}

struct TimeToReady : testing::Test {
  const Instant begin{std::chrono::seconds(100)};
  std::shared_ptr<Trace> trace = std::make_shared<Trace>(begin);

  // A phase from one second of the run to another.
  void phase(Phase phase, int from, int to) {
    trace->open(phase, begin + std::chrono::seconds(from));
    trace->close(phase, begin + std::chrono::seconds(to));
  }
  std::optional<Span> of(Verdict verdict) {
    Result result;
    result.verdict = std::move(verdict);
    result.trace = trace;
    return time_to_ready(result);
  }
};

TEST_F(TimeToReady, EndsWithTheFirstReadyMessage) {
  phase(Phase::login, 0, 1);
  phase(Phase::upgrade, 1, 2);
  phase(Phase::ready, 2, 5);
  phase(Phase::upgrade, 5, 6);
  phase(Phase::ready, 6, 7);
  EXPECT_EQ(of(Verdict::pass()), std::chrono::seconds(5));
}

TEST_F(TimeToReady, EndsWithTheUpgradeWhereNoMessageIsAwaited) {
  phase(Phase::upgrade, 1, 2);
  EXPECT_EQ(of(Verdict::pass()), std::chrono::seconds(2));
}

TEST_F(TimeToReady, IsUnknownOfRunsThatFailedOrOpenedNoSession) {
  EXPECT_FALSE(of(Verdict::pass()));
  phase(Phase::upgrade, 1, 2);
  EXPECT_FALSE(of(Verdict::of(Step::events, {Reason::stalled, ""})));
}

}  // namespace
}  // namespace sonde::result_test
