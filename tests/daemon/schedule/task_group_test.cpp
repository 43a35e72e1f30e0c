#include "daemon/schedule/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::schedule::task_group_test {
namespace asio = boost::asio;
namespace {

asio::awaitable<void> rest(std::chrono::milliseconds span, int& cut, int& ended) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, span);
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (error) ++cut;
  ++ended;
}

struct TaskGroupTest : testing::Test {
  asio::io_context loop;
  TaskGroup group{loop.get_executor()};
  int cut = 0, ended = 0, drained = 0;
};

TEST_F(TaskGroupTest, CountsWhatIsUnderWay) {
  group.spawn(rest(std::chrono::milliseconds(1), cut, ended));
  group.spawn(rest(std::chrono::milliseconds(1), cut, ended));
  EXPECT_EQ(group.size(), 2u);
  loop.run();
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(cut, 0);
  EXPECT_EQ(ended, 2);
}

TEST_F(TaskGroupTest, StoppingCutsEveryTaskAndThenSaysSo) {
  for (int i = 0; i < 5; ++i) group.spawn(rest(std::chrono::hours(1), cut, ended));
  loop.poll();
  group.stop();
  group.when_drained([this] { drained = ended; });
  loop.run();
  EXPECT_EQ(cut, 5);
  EXPECT_EQ(drained, 5);
}

TEST_F(TaskGroupTest, ATaskThatHasNotBegunIsCutAsWell) {
  group.spawn(rest(std::chrono::hours(1), cut, ended));
  group.stop();
  group.when_drained([this] { ++drained; });
  loop.run();
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(drained, 1);
}

TEST_F(TaskGroupTest, NothingStartsAfterAStop) {
  group.stop();
  group.spawn(rest(std::chrono::milliseconds(1), cut, ended));
  loop.run();
  EXPECT_EQ(ended, 0);
}

TEST_F(TaskGroupTest, AnEmptyGroupIsDrainedAtOnce) {
  group.when_drained([this] { ++drained; });
  loop.run();
  EXPECT_EQ(drained, 1);
}

asio::awaitable<void> broken() {
  throw std::logic_error("broken invariant");
  co_return;
}

TEST_F(TaskGroupTest, ABrokenInvariantLeavesTheLoop) {
  group.spawn(broken());
  EXPECT_THROW(loop.run(), std::logic_error);
}

}  // namespace
}  // namespace sonde::schedule::task_group_test
