#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/schedule/egress_settings.hpp"
#include "daemon/schedule/pool.hpp"
#include "tests/daemon/schedule/published.hpp"
#include "tests/support/tcp_server.hpp"

namespace sonde::schedule::blaming_test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// A worker whose only reference is a port of this machine.
struct Blaming : WorkerTest {
  static std::shared_ptr<const EgressSettings> reference(std::uint16_t port) {
    auto settings = std::make_shared<EgressSettings>();
    settings->every = milliseconds(100);
    settings->references = {{.tcp = {.host = "127.0.0.1", .port = port}}};
    return settings;
  }
};

TEST_F(Blaming, WhereNobodyWasHeardAndNoReferenceAnswersTheRunSaysNothing) {
  script->step = Step::login;
  script->verdicts = {Reason::tcp_timeout};
  Worker worker(options());
  worker.assign(duties(), reference(test::refused_port()));
  const auto results = published.wait_for(2, Outcome::inconclusive);
  EXPECT_EQ(results[0]->verdict.reason, Reason::egress_down);
  EXPECT_EQ(results[0]->verdict.step, Step::login);
  EXPECT_THAT(results[0]->verdict.detail, HasSubstr("refused"));
  EXPECT_THAT(results[0]->verdict.detail, HasSubstr("; else: tcp_timeout, "));
  EXPECT_EQ(worker.progress().egress, EgressState::down);
  EXPECT_TRUE(published.wait_for(0, Outcome::fail).empty());
}

TEST_F(Blaming, WhereAReferenceAnswersTheFailureStands) {
  script->verdicts = {Reason::tcp_timeout};
  const test::TcpServer server(test::swallow);
  Worker worker(options());
  worker.assign(duties(), reference(server.port()));
  EXPECT_EQ(published.wait_for(3, Outcome::fail)[0]->verdict.reason, Reason::tcp_timeout);
  EXPECT_EQ(worker.progress().egress, EgressState::up);
}

TEST_F(Blaming, AnAnswerThatIsMerelyABadOneIsTheTargets) {
  script->verdicts = {Reason::server_error};
  Worker worker(options());
  worker.assign(duties(), reference(test::refused_port()));
  EXPECT_EQ(published.wait_for(2, Outcome::fail)[1]->verdict.reason, Reason::server_error);
}

TEST_F(Blaming, ItsTimeIsNoPartOfTheRun) {
  script->verdicts = {Reason::tcp_unreachable};
  const test::BlackHole hole;
  auto settings = std::make_shared<EgressSettings>(*reference(hole.port()));
  settings->timeout = milliseconds(800);
  Worker worker(options());
  worker.assign(duties(), settings);
  EXPECT_LT(published.wait_for(1, Outcome::inconclusive)[0]->took, milliseconds(700));
}

TEST_F(Blaming, ARunThatIsOnlyOursIsNotTriedAgain) {
  script->verdicts = {Reason::tcp_timeout};
  check->retries = 2;
  Worker worker(options());
  worker.assign(duties(), reference(test::refused_port()));
  for (const auto& result : published.wait_for(3, Outcome::inconclusive))
    EXPECT_EQ(result->attempt, 1);
}

TEST_F(Blaming, AStopDoesNotWaitForTheReferences) {
  script->verdicts = {Reason::tcp_unreachable};
  const test::BlackHole hole;
  auto settings = std::make_shared<EgressSettings>(*reference(hole.port()));
  settings->timeout = std::chrono::hours(1);
  Worker worker(options());
  worker.assign(duties(), settings);
  published.wait_for(1, Reason::overlap);  // a run waits for the references
}

TEST_F(Blaming, ThePoolTellsWhetherAnyWorkerIsHeard) {
  boost::asio::io_context main{1};
  auto busy = boost::asio::make_work_guard(main);
  const test::TcpServer server(test::swallow);
  Pool pool(main.get_executor(), {.workers = 2, .publish = [](const ResultPtr&) {}});
  EXPECT_EQ(pool.egress_up(), std::nullopt);
  pool.assign({check}, reference(test::refused_port()));
  const Instant limit = Clock::now() + std::chrono::seconds(20);
  while (pool.egress_up() != false && Clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(pool.egress_up(), false);
  pool.assign({check}, reference(server.port()));
  while (pool.egress_up() != true && Clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(pool.egress_up(), true);
  pool.assign({check}, nullptr);
  while (pool.egress_up() && Clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(pool.egress_up(), std::nullopt);
}

}  // namespace
}  // namespace sonde::schedule::blaming_test
