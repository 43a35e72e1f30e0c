#include "daemon/schedule/pool.hpp"

#include <gtest/gtest.h>

#include <set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/schedule/share.hpp"
#include "tests/daemon/schedule/scripted_probe.hpp"

namespace sonde::schedule::pool_test {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct PoolTest : testing::Test {
  asio::io_context main{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy = asio::make_work_guard(main);
  std::vector<ResultPtr> results;
  std::shared_ptr<Script> script = std::make_shared<Script>();

  Pool::Options options(std::size_t workers) {
    return {.workers = workers,
            .publish = [this](const ResultPtr& result) { results.push_back(result); }};
  }
  // Lets the main thread work until `done` says so, or too long.
  template <class Done>
  bool work_until(Done done) {
    const Instant limit = Clock::now() + seconds(20);
    while (!done() && Clock::now() < limit) main.run_one_for(milliseconds(50));
    return done();
  }
  std::shared_ptr<Check> check_of(const std::string& target) {
    auto check = scripted_check(script);
    check->target = target;
    return check;
  }
};

TEST_F(PoolTest, ATargetHasOneWorkerAndEveryResultComesToTheMainThread) {
  Pool pool(main.get_executor(), options(3));
  std::vector<std::shared_ptr<const Check>> checks;
  for (int i = 0; i < 12; ++i) checks.push_back(check_of("t" + std::to_string(i)));
  pool.assign(checks);
  EXPECT_TRUE(work_until([this] { return results.size() >= 36; }));
  std::set<int> workers;
  for (const auto& result : results) {
    EXPECT_EQ(static_cast<std::size_t>(result->worker), share(result->check->target, 3));
    workers.insert(result->worker);
  }
  EXPECT_EQ(workers.size(), 3u);
}

TEST_F(PoolTest, SaysHowManyRunsAreUnderWay) {
  script->waits = seconds(100);
  auto check = check_of("staging");
  Pool pool(main.get_executor(), options(2));
  pool.assign({check});
  EXPECT_TRUE(work_until([&] { return pool.in_flight()(*check) == 1; }));
  EXPECT_EQ(pool.in_flight()(*check_of("unknown")), 0);
}

TEST_F(PoolTest, AReloadKeepsTheCountOfAnUnchangedCheck) {
  script->waits = seconds(100);
  auto check = check_of("staging");
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  EXPECT_TRUE(work_until([&] { return pool.in_flight()(*check) == 1; }));
  pool.assign({check_of("staging"), check_of("other")});
  EXPECT_EQ(pool.in_flight()(*check), 1);
}

// Checks that the schedule does not run within the test.
struct ApartTest : PoolTest {
  std::vector<ResultPtr> apart;

  std::shared_ptr<Check> rare_check(const std::string& target) {
    auto check = check_of(target);
    check->every = std::chrono::hours(24);
    check->timeout = seconds(10);
    return check;
  }
  void ask(Pool& pool, const std::shared_ptr<const Check>& check, Span limit = seconds(10)) {
    pool.run_apart(check, Clock::now() + limit,
                   [this](ResultPtr result) { apart.push_back(std::move(result)); });
  }
  bool await(std::size_t count) {
    return work_until([&] { return apart.size() >= count; });
  }
};

TEST_F(ApartTest, IsAnsweredAndNotPublished) {
  script->verdicts = {Reason::ok, Reason::server_error};
  auto check = rare_check("staging");
  Pool pool(main.get_executor(), options(2));
  pool.assign({check, rare_check("other")});
  ask(pool, check);
  ASSERT_TRUE(await(1));
  ASSERT_TRUE(apart.front());
  EXPECT_EQ(apart.front()->verdict.outcome, Outcome::pass);
  EXPECT_EQ(apart.front()->check, check);
  EXPECT_EQ(pool.in_flight()(*check), 0);
  EXPECT_TRUE(results.empty());
}

TEST_F(ApartTest, ThoseWhoAskWhileItRunsOrSoonAfterGetTheSameResult) {
  script->waits = milliseconds(50);
  auto check = rare_check("staging");
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  for (int i = 0; i < 5; ++i) ask(pool, check);
  ASSERT_TRUE(await(5));
  ask(pool, check);
  ASSERT_TRUE(await(6));
  EXPECT_EQ(script->attempts, 1);
  EXPECT_EQ(std::set(apart.begin(), apart.end()).size(), 1U);
}

TEST_F(ApartTest, WhoAsksWithAShortLimitCutsNoRunOfOthers) {
  script->waits = milliseconds(300);
  auto check = rare_check("staging");
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  ask(pool, check, milliseconds(2));
  ask(pool, check, seconds(10));
  ASSERT_TRUE(await(2));
  EXPECT_EQ(apart[0]->verdict.outcome, Outcome::fail);
  EXPECT_EQ(apart[1]->verdict.outcome, Outcome::pass);
  ask(pool, check, seconds(10));
  ASSERT_TRUE(await(3));
  EXPECT_EQ(apart[2], apart[1]) << "one that was cut is not given to others";
}

TEST_F(ApartTest, EndsWhenWhoAskedWaitsNoLonger) {
  script->waits = seconds(100);
  auto check = rare_check("staging");
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  ask(pool, check, milliseconds(50));
  ASSERT_TRUE(await(1));
  ASSERT_TRUE(apart.front());
  EXPECT_EQ(apart.front()->verdict.outcome, Outcome::fail);
  EXPECT_TRUE(apart.front()->verdict.detail.contains("because whoever asked waits no longer"))
      << apart.front()->verdict.detail;
  EXPECT_LT(apart.front()->took, seconds(5));
}

TEST_F(ApartTest, MakesNoRefusalChecksRetriesOrExperiments) {
  script->refuses = true;
  script->verdicts = {Reason::server_error};
  auto check = rare_check("staging");
  check->retries = 3;
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  ask(pool, check);
  ASSERT_TRUE(await(1));
  EXPECT_EQ(script->attempts, 1);
  EXPECT_EQ(script->refusal_rounds, 0);
  EXPECT_EQ(script->inquiries, 0);
}

TEST_F(ApartTest, DoesNotMakeTheScheduleSkipARun) {
  script->waits = milliseconds(200);
  auto check = check_of("staging");
  check->every = milliseconds(400);
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  ASSERT_TRUE(work_until([this] { return script->attempts >= 1; }));
  ask(pool, check);
  ASSERT_TRUE(await(1));
  ASSERT_TRUE(work_until([this] { return results.size() >= 2; }));
  for (const auto& result : results) EXPECT_NE(result->verdict.reason, Reason::overlap);
}

TEST_F(ApartTest, RunsAlsoACheckThatIsNotScheduledHere) {
  auto other = rare_check("of another shard");
  Pool pool(main.get_executor(), options(2));
  for (const auto& assigned : {rare_check("staging"), rare_check("production")}) {
    pool.assign({assigned});
    ask(pool, other);
    ask(pool, other);
  }
  ASSERT_TRUE(await(4));
  for (const ResultPtr& result : apart) {
    ASSERT_TRUE(result);
    EXPECT_EQ(result->verdict.outcome, Outcome::pass);
    EXPECT_EQ(result->check, other);
  }
  EXPECT_EQ(apart[0], apart[1]) << "asked at once, it runs once, as any other";
  EXPECT_EQ(pool.in_flight()(*other), 0);
  EXPECT_TRUE(results.empty());
}

TEST_F(ApartTest, OfAPoolThatStopsIsAnsweredWithNothing) {
  script->waits = std::chrono::hours(1);
  auto check = rare_check("staging");
  Pool pool(main.get_executor(), options(1));
  pool.assign({check});
  ask(pool, check);
  ask(pool, rare_check("of another shard"));
  ASSERT_TRUE(work_until([this] { return script->attempts == 2; }));
  pool.stop(seconds(10), [](bool) {});
  ASSERT_TRUE(await(2));
  EXPECT_FALSE(apart.front());
  EXPECT_FALSE(apart.back());
}

TEST_F(PoolTest, StopsInTimeAndSaysSo) {
  script->waits = std::chrono::hours(1);
  Pool pool(main.get_executor(), options(2));
  pool.assign({check_of("a"), check_of("b"), check_of("c")});
  EXPECT_TRUE(work_until([this] { return script->attempts == 3; }));
  std::optional<bool> drained;
  pool.stop(seconds(10), [&](bool all) { drained = all; });
  EXPECT_TRUE(work_until([&] { return drained.has_value(); }));
  EXPECT_EQ(drained, true);
  EXPECT_EQ(script->cut, 3);
  for (const auto& result : results) EXPECT_EQ(result->verdict.outcome, Outcome::skipped);
}

TEST_F(PoolTest, AWorkerThatHangsIsAbandonedAtTheLimit) {
  script->blocks = milliseconds(1500);
  std::optional<bool> drained;
  {
    Pool pool(main.get_executor(), options(1));
    pool.assign({check_of("a")});
    EXPECT_TRUE(work_until([this] { return script->attempts >= 1; }));
    const Instant before = Clock::now();
    pool.stop(milliseconds(100), [&](bool all) { drained = all; });
    EXPECT_TRUE(work_until([&] { return drained.has_value(); }));
    EXPECT_EQ(drained, false);
    EXPECT_LT(Clock::now() - before, milliseconds(1000));
  }
  // It ends by itself; the script is its alone then.
  EXPECT_TRUE(work_until([this] { return script.use_count() <= 1; }));
}

TEST_F(PoolTest, ProgressIsWorkDoneNotTimePassed) {
  Pool pool(main.get_executor(), options(1));
  EXPECT_TRUE(pool.progressed(Clock::now()));  // nothing was due
  script->blocks = milliseconds(600);
  pool.assign({check_of("a")});
  EXPECT_TRUE(work_until([this] { return script->attempts >= 1; }));
  pool.progressed(Clock::now());
  const Instant overdue = Clock::now() + milliseconds(100);
  EXPECT_FALSE(pool.progressed(overdue)) << "a beat is due and the worker hangs";
  script->blocks = Span::zero();
}

}  // namespace
}  // namespace sonde::schedule::pool_test
