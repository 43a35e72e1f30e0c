#include "probes/auth/errands.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::auth {
namespace asio = boost::asio;
namespace {

constexpr std::ptrdiff_t late_max = 100;

asio::awaitable<void> carry_out(asio::awaitable<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

}  // namespace

// A task under way; shared with its waiters.
struct Errands::One : std::enable_shared_from_this<One> {
  One(const asio::any_io_executor& executor, Limits within)
      : limits(within), limit(executor), waiting(executor, Instant::max()) {}

  // Never extends an earlier limit.
  void cut_after(Span left) {
    if (limit.expiry() != Instant() && limit.expiry() <= Clock::now() + left) return;
    limit.expires_after(left);
    limit.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->cut.emit(asio::cancellation_type::terminal);
    });
  }

  Limits limits;
  asio::cancellation_signal cut;
  asio::steady_timer limit, waiting;
  std::exception_ptr thrown;
  bool over = false, late = false;
};

struct Errands::State {
  std::vector<std::shared_ptr<One>> under_way;
  std::function<void()> then;

  bool has_room() const {
    return std::ranges::count_if(under_way, [](const auto& one) {
             return one->late && !one->limits.vital;
           }) < late_max;
  }

  void ended(const std::shared_ptr<One>& one) {
    one->over = true;
    one->limit.cancel();
    one->waiting.cancel();
    std::erase(under_way, one);
    if (under_way.empty() && then) std::exchange(then, nullptr)();
  }
};

Errands::Errands() : state_(std::make_shared<State>()) {}

asio::awaitable<bool> Errands::run(asio::awaitable<void> task, Limits limits,
                                   std::function<bool()> goes_on) {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) co_return false;
  const auto executor = co_await asio::this_coro::executor;
  const auto one = std::make_shared<One>(executor, limits);
  state_->under_way.push_back(one);
  auto ended = [state = state_, one](const std::exception_ptr& thrown) {
    one->thrown = thrown;
    state->ended(one);
    if (thrown && one->late) std::rethrow_exception(thrown);  // there is no run left to report it
  };
  asio::co_spawn(executor, carry_out(std::move(task)),
                 asio::bind_cancellation_slot(one->cut.slot(), std::move(ended)));
  boost::system::error_code cancelled;  // by the end of the task, or because the run was cancelled
  if (!one->over)
    co_await one->waiting.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  const bool room = limits.vital || state_->has_room();
  one->late = !one->over && goes_on() && room;
  if (one->late) {
    one->cut_after(state_->then ? std::min(limits.after_cut, limits.at_stop) : limits.after_cut);
    co_return false;
  }
  // Cancelled like the run: everything that it waits for fails at once.
  if (!one->over) one->cut.emit(asio::cancellation_type::terminal);
  while (!one->over)
    co_await one->waiting.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (one->thrown) std::rethrow_exception(one->thrown);
  co_return true;
}

bool Errands::is_finishing() const { return static_cast<bool>(state_->then); }

void Errands::finish(std::function<void()> then) {
  if (state_->under_way.empty()) return then();
  state_->then = std::move(then);
  const auto all = state_->under_way;
  for (const auto& one : all) one->cut_after(one->limits.at_stop);
}

}  // namespace sonde::auth
