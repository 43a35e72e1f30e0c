#include "probes/core/when_all.hpp"

#include <deque>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde {
namespace asio = boost::asio;
namespace {

// A cancelled coroutine should get the error from its operation, not as an exception.
asio::awaitable<void> calmly(asio::awaitable<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

// Coroutines that run at once and end together. Its handlers run while together() waits.
struct Group {
  explicit Group(const asio::any_io_executor& executor) : changed(executor, Instant::max()) {}

  void start(std::vector<asio::awaitable<void>> all) {
    for (auto& one : all) {
      auto& cut = cuts.emplace_back();
      ++running;
      asio::co_spawn(changed.get_executor(), calmly(std::move(one)),
                     asio::bind_cancellation_slot(cut.slot(), Ended{this}));
    }
  }

  void cut_all() {
    for (auto& cut : cuts) cut.emit(asio::cancellation_type::terminal);
  }

  struct Ended {
    Group* group;
    void operator()(const std::exception_ptr& thrown) const {
      if (thrown && !group->error) group->error = thrown;
      --group->running;
      group->changed.cancel();
    }
  };

  asio::steady_timer changed;
  std::deque<asio::cancellation_signal> cuts;
  std::exception_ptr error;
  int running = 0;
};

// Waits until all have ended. Passes a cancellation of the waiting coroutine on to those that run.
asio::awaitable<void> wait_for(Group& group, Group& others) {
  bool passed_on = false;
  while (group.running > 0) {
    co_await group.changed.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (passed_on || state.cancelled() == asio::cancellation_type::none) continue;
    passed_on = true;
    group.cut_all();
    others.cut_all();
  }
}

}  // namespace

asio::awaitable<void> when_all(std::vector<asio::awaitable<void>> tasks,
                               std::vector<asio::awaitable<void>> attendants) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto executor = co_await asio::this_coro::executor;
  Group working(executor), attending(executor);
  attending.start(std::move(attendants));
  working.start(std::move(tasks));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    // An earlier cancellation applies to them too, once they have started.
    co_await asio::post(executor, asio::use_awaitable);
    working.cut_all();
    attending.cut_all();
  }
  auto done = wait_for(working, attending);
  co_await std::move(done);
  attending.cut_all();
  auto gone = wait_for(attending, working);
  co_await std::move(gone);
  if (working.error) std::rethrow_exception(working.error);
  if (attending.error) std::rethrow_exception(attending.error);
}

}  // namespace sonde
