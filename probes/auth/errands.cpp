#include "probes/auth/errands.hpp"

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

constexpr Span grace = std::chrono::seconds(5);

asio::awaitable<void> carry_out(asio::awaitable<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

}  // namespace

// One that is under way; whoever waits for it shares it.
struct Errands::One : std::enable_shared_from_this<One> {
  explicit One(const asio::any_io_executor& executor)
      : limit(executor), waiting(executor, Instant::max()) {}

  void cut_after(Span left) {
    limit.expires_after(left);
    limit.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->cut.emit(asio::cancellation_type::terminal);
    });
  }

  asio::cancellation_signal cut;
  asio::steady_timer limit, waiting;
  bool over = false;
};

struct Errands::State {
  std::vector<std::shared_ptr<One>> under_way;
  std::function<void()> then;

  void ended(const std::shared_ptr<One>& one) {
    one->over = true;
    one->limit.cancel();
    one->waiting.cancel();
    std::erase(under_way, one);
    if (under_way.empty() && then) std::exchange(then, nullptr)();
  }
};

Errands::Errands() : state_(std::make_shared<State>()) {}

asio::awaitable<bool> Errands::run(asio::awaitable<void> task) {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) co_return false;
  const auto executor = co_await asio::this_coro::executor;
  const auto one = std::make_shared<One>(executor);
  state_->under_way.push_back(one);
  auto ended = [state = state_, one](const std::exception_ptr& thrown) {
    state->ended(one);
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(executor, carry_out(std::move(task)),
                 asio::bind_cancellation_slot(one->cut.slot(), std::move(ended)));
  boost::system::error_code cancelled;  // by the end of the task, or by a cut
  if (!one->over)
    co_await one->waiting.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (!one->over) one->cut_after(grace);
  co_return one->over;
}

void Errands::finish_within(Span limit, std::function<void()> then) {
  if (state_->under_way.empty()) return then();
  state_->then = std::move(then);
  for (const auto& one : state_->under_way) one->cut_after(limit);
}

}  // namespace sonde::auth
