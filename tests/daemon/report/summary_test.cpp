#include "daemon/report/summary.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/daemon/core/made_results.hpp"

namespace sonde::report::summary_test {
namespace {
using namespace std::chrono_literals;

ResultPtr passed(const std::string& probe) { return MadeResult(probe).shared(); }
ResultPtr failed(const std::string& probe) {
  return MadeResult(probe).failed(Step::login, Reason::credentials).shared();
}
ResultPtr unclear(const std::string& probe) {
  return MadeResult(probe).failed(Step::login, Reason::own_dns).shared();
}

// A further attempt of `first`, with another verdict.
ResultPtr again(const ResultPtr& first, const Verdict& verdict, int attempt) {
  Result next = *first;
  next.verdict = verdict;
  next.attempt = attempt;
  return std::make_shared<Result>(std::move(next));
}

TEST(Summary, CountsEveryVerdict) {
  const std::vector<ResultPtr> results{passed("a"), passed("b"), failed("c"), passed("d")};
  EXPECT_EQ(summary(tally(results), 1234ms, {}),
            "4 probes: 3 passed, 1 failed, 0 inconclusive in 1.2 s");
}

TEST(Summary, OneProbeIsNotSeveral) {
  const std::vector<ResultPtr> results{passed("a")};
  EXPECT_EQ(summary(tally(results), 100ms, {}),
            "1 probe: 1 passed, 0 failed, 0 inconclusive in 0.1 s");
}

TEST(Summary, RepeatedRunsAreCountedApartFromProbes) {
  const ResultPtr first = passed("a");
  const std::vector<ResultPtr> results{first, again(first, Verdict::pass(), 1)};
  EXPECT_EQ(summary(tally(results), 0ms, {}),
            "1 probe, 2 runs: 2 passed, 0 failed, 0 inconclusive in 0.0 s");
}

TEST(Summary, APassAfterARetryIsFlakyAndItsFirstAttemptIsNoRunOfItsOwn) {
  const ResultPtr first = failed("a");
  const std::vector<ResultPtr> results{first, passed("b"), again(first, Verdict::pass(), 2)};
  EXPECT_EQ(summary(tally(results), 0ms, {}),
            "2 probes: 2 passed (1 flaky), 0 failed, 0 inconclusive in 0.0 s");
}

TEST(ExitCode, FailureOutranksInconclusive) {
  const std::vector<ResultPtr> results{passed("a"), unclear("b"), failed("c")};
  EXPECT_EQ(exit_code(tally(results)), 1);
}

TEST(ExitCode, InconclusiveIsTwo) {
  const std::vector<ResultPtr> results{passed("a"), unclear("b")};
  EXPECT_EQ(exit_code(tally(results)), 2);
}

TEST(ExitCode, ARunThatNeverHappenedProvesNothing) {
  const std::vector<ResultPtr> results{
      MadeResult("a").failed(Step::health, Reason::overlap).shared()};
  EXPECT_EQ(exit_code(tally(results)), 2);
}

TEST(ExitCode, ZeroMeansThatAllPassed) {
  const std::vector<ResultPtr> results{passed("a"), passed("b")};
  EXPECT_EQ(exit_code(tally(results)), 0);
}

}  // namespace
}  // namespace sonde::report::summary_test
