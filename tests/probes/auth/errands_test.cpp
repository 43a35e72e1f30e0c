#include "probes/auth/errands.hpp"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/support/net_loop.hpp"
#include "tests/support/turn_until.hpp"

namespace sonde::auth::errands_test {
namespace {

using namespace std::chrono_literals;
using ErrandsTest = test::NetLoop;

struct Task {
  bool begun = false, over = false, cut = false;
};

// Waits, and says what came of it.
boost::asio::awaitable<void> take(std::shared_ptr<Task> task, Span span) {
  task->begun = true;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, span);
  boost::system::error_code cancelled;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  task->cut = cancelled.failed();
  task->over = true;
}

boost::asio::awaitable<std::shared_ptr<bool>> run_errand(Errands& errands,
                                                         std::shared_ptr<Task> task, Span span,
                                                         Span at_stop = 10s, bool goes_on = true) {
  auto running = errands.run(take(std::move(task), span), {.after_cut = 5s, .at_stop = at_stop},
                             [goes_on] { return goes_on; });
  const bool over = co_await std::move(running);
  co_return std::make_shared<bool>(over);
}

TEST_F(ErrandsTest, EndBeforeTheRunThatWaitsForThem) {
  Errands errands;
  const auto task = std::make_shared<Task>();
  EXPECT_TRUE(*run(run_errand(errands, task, 1ms)));
  EXPECT_TRUE(task->over);
  bool done = false;
  errands.finish([&] { done = true; });
  EXPECT_TRUE(done) << "none is under way";
}

TEST_F(ErrandsTest, GoOnWhenTheRunIsCut) {
  Errands errands;
  const auto task = std::make_shared<Task>();
  EXPECT_FALSE(*run(run_errand(errands, task, 100ms), 10ms));
  EXPECT_TRUE(task->begun);
  EXPECT_FALSE(task->over);
  bool done = false;
  errands.finish([&] { done = true; });
  test::turn_until(io, [&] { return done; });
  EXPECT_TRUE(task->over);
  EXPECT_FALSE(task->cut);
}

TEST_F(ErrandsTest, AreCutInTheEnd) {
  Errands errands;
  const auto task = std::make_shared<Task>();
  EXPECT_FALSE(*run(run_errand(errands, task, 1h, 20ms), 10ms));
  bool done = false;
  errands.finish([&] { done = true; });
  test::turn_until(io, [&] { return done; });
  EXPECT_TRUE(task->cut);
}

TEST_F(ErrandsTest, EndWithTheRunWhereNothingWasSentYet) {
  Errands errands;
  const auto task = std::make_shared<Task>();
  EXPECT_TRUE(*run(run_errand(errands, task, 1h, 10s, false), 10ms));
  EXPECT_TRUE(task->cut);
}

}  // namespace
}  // namespace sonde::auth::errands_test
