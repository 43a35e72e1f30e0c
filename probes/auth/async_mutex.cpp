#include "probes/auth/async_mutex.hpp"

#include <algorithm>
#include <deque>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde::auth {
namespace asio = boost::asio;

struct AsyncMutex::State {
  bool taken = false;
  std::deque<Waiter*> waiting;
};

// Is in the queue as long as it lives.
struct AsyncMutex::Waiter {
  Waiter(std::shared_ptr<State> at, const asio::any_io_executor& executor)
      : state(std::move(at)), timer(executor, Instant::max()) {
    state->waiting.push_back(this);
  }
  ~Waiter() { std::erase(state->waiting, this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  std::shared_ptr<State> state;
  asio::steady_timer timer;
  bool let_in = false;
};

AsyncMutex::AsyncMutex() : state_(std::make_shared<State>()) {}

AsyncMutex::Pass::~Pass() {
  if (!state_) return;
  state_->taken = !state_->waiting.empty();
  if (!state_->taken) return;
  Waiter* next = state_->waiting.front();
  state_->waiting.pop_front();
  next->let_in = true;
  next->timer.cancel();
}

asio::awaitable<std::expected<AsyncMutex::Pass, Failure>> AsyncMutex::enter() {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none)
    co_return std::unexpected(cut_failure());
  if (!std::exchange(state_->taken, true)) co_return Pass(state_);
  const auto executor = co_await asio::this_coro::executor;
  Waiter waiter(state_, executor);
  // by the coroutine that lets it in, or because the run was cancelled
  boost::system::error_code cancelled;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!waiter.let_in) co_return std::unexpected(cut_failure());
  co_return Pass(state_);
}

}  // namespace sonde::auth
