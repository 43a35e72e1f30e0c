#include "probes/auth/login_guard.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::auth {
namespace asio = boost::asio;

// Stands in the queue as long as it lives.
struct LoginGuard::Waiter {
  Waiter(LoginGuard& of, const asio::any_io_executor& executor)
      : guard(of.shared_from_this()), timer(executor, Instant::max()) {
    guard->waiting_.push_back(this);
  }
  ~Waiter() { std::erase(guard->waiting_, this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  std::shared_ptr<LoginGuard> guard;
  asio::steady_timer timer;
  bool called = false;
};

// All of them ask again: after a refusal there may be room for none, after a success for all.
void LoginGuard::call_waiters() {
  for (Waiter* waiter : waiting_) {
    waiter->called = true;
    waiter->timer.cancel();
  }
}

void LoginGuard::Trial::end() {
  if (!guard_) return;
  const auto guard = std::exchange(guard_, nullptr);
  guard->lockout.end({.refused = refused_, .redeems = redeems_, .late = late_}, Clock::now());
  guard->call_waiters();
}

LoginGuard::Trial& LoginGuard::Trial::operator=(Trial&& other) noexcept {
  if (this == &other) return *this;
  end();
  guard_ = std::move(other.guard_);
  refused_ = other.refused_;
  redeems_ = other.redeems_;
  late_ = other.late_;
  return *this;
}

void LoginGuard::Trial::outlives_run() {
  if (!guard_ || std::exchange(late_, true)) return;
  guard_->lockout.outlives_run();
  guard_->call_waiters();
}

LockoutRules LoginGuard::strictest(const std::string& login, const LockoutRules& own, Instant now) {
  constexpr Span lately = std::chrono::hours(48);
  std::erase_if(asked_, [&](const auto& row) { return now - row.second.last > lately; });
  asked_[login] = {own, now};
  LockoutRules rules = own;
  for (const auto& [name, asked] : asked_) {
    rules.after = std::min(rules.after, asked.rules.after);
    rules.cooldown = std::max(rules.cooldown, asked.rules.cooldown);
  }
  return rules;
}

void LoginGuard::Trial::judge(int status, Reason reason) {
  if (is_refusal(status) || reason == Reason::credentials || reason == Reason::account_locked)
    refused_ = true;
}

asio::awaitable<std::expected<LoginGuard::Trial, Failure>> LoginGuard::begin(
    const LockoutRules& rules, bool goes_on) {
  const auto executor = co_await asio::this_coro::executor;
  while (true) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) break;
    auto begun = lockout.begin(rules, Clock::now(), goes_on);
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    if (*begun) co_return Trial(shared_from_this());
    Waiter waiter(*this, executor);
    boost::system::error_code cancelled;  // by the end of a trial, or by a cut
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!waiter.called) break;
  }
  co_return std::unexpected(Failure{Reason::cut, ""});
}

}  // namespace sonde::auth
