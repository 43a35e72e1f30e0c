#include "probes/auth/login_guard.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::auth {
namespace asio = boost::asio;

// Is in the queue as long as it lives.
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

namespace {

std::int64_t wall_milliseconds(Instant at, Instant now) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch() - (now - at);
  return std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
}

}  // namespace

// Takes the time from the table only if others changed it, so that a step of the wall clock does
// not change our cooldown.
void LoginGuard::read(Instant now) {
  const auto row = table_ != nullptr ? table_->read(key_) : std::nullopt;
  if (!row) return;
  if (row->quiet != known_quiet_) read_quiet(row->quiet, now);
  if (row->counts == known_ && row->last == known_last_) return;
  known_ = row->counts;
  known_last_ = row->last;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const Span ago = wall - std::chrono::milliseconds(row->last);
  lockout.take(row->counts, now - std::max<Span>(ago, Span{}));
}

// Where the wall clock was set back meanwhile, it is quiet for what was granted, and not longer.
void LoginGuard::read_quiet(const LockoutTable::Quiet& quiet, Instant now) {
  known_quiet_ = quiet;
  const auto end = std::chrono::system_clock::time_point(std::chrono::seconds(quiet.until));
  const Span granted = std::chrono::seconds(quiet.granted);
  const Span left = std::min<Span>(end - std::chrono::system_clock::now(), granted);
  lockout.quiet(
      {.until = now + left, .wanted = std::chrono::seconds(quiet.wanted), .granted = granted});
}

void LoginGuard::quiet(Span wanted, Span most, Instant now) {
  read(now);
  lockout.quiet(wanted, most, now);
  const QuietTime& time = lockout.quiet_time();
  if (table_ == nullptr || time.until <= now) return;
  const auto whole = [](Span span) {
    return std::chrono::ceil<std::chrono::seconds>(span).count();
  };
  const auto end = std::chrono::system_clock::now().time_since_epoch() + (time.until - now);
  known_quiet_ = {.until = whole(end),
                  .granted = static_cast<int>(whole(time.granted)),
                  .wanted = static_cast<int>(whole(time.wanted))};
  table_->write(key_, known_quiet_);
}

void LoginGuard::write(Instant now) {
  if (table_ == nullptr || (lockout.counts() == known_ && lockout.last() == written_)) return;
  written_ = lockout.last();
  table_->write(key_, known_, {lockout.counts(), wall_milliseconds(written_, now)});
  if (const auto row = table_->read(key_)) {
    known_ = row->counts;
    known_last_ = row->last;
    lockout.take(known_, written_);
  }
}

bool LoginGuard::write_place(Instant now) {
  if (table_ == nullptr) return true;
  const std::int64_t last = wall_milliseconds(lockout.last(), now);
  if (!table_->replace(key_, known_, {lockout.counts(), last})) return false;
  written_ = lockout.last();
  if (!table_->read(key_)) return true;  // no room: it counts alone
  known_ = lockout.counts();
  known_last_ = last;
  return true;
}

std::optional<Failure> LoginGuard::held(const LockoutRules& rules, Instant now,
                                        std::uint16_t mark) {
  read(now);
  return lockout.held(rules, now, mark);
}

int LoginGuard::counted(Instant now) {
  read(now);
  return lockout.counted();
}

void LoginGuard::succeeded(Instant now) {
  read(now);
  lockout.succeeded();
  write(now);
}

void LoginGuard::redeemed(Instant now) {
  read(now);
  lockout.redeemed();
  write(now);
}

// All of them try again: after a rejection there may be room for none, after a success for all.
void LoginGuard::call_waiters() {
  for (Waiter* waiter : waiting_) {
    waiter->called = true;
    waiter->timer.cancel();
  }
}

void LoginGuard::Trial::end() {
  if (!guard_) return;
  const auto guard = std::exchange(guard_, nullptr);
  const Instant now = Clock::now();
  guard->read(now);
  guard->lockout.end({.refused = refused_, .redeems = redeems_, .late = late_, .mark = mark_}, now);
  guard->write(now);
  guard->call_waiters();
}

LoginGuard::Trial& LoginGuard::Trial::operator=(Trial&& other) noexcept {
  if (this == &other) return *this;
  end();
  guard_ = std::move(other.guard_);
  refused_ = other.refused_;
  redeems_ = other.redeems_;
  late_ = other.late_;
  mark_ = other.mark_;
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
    const LockoutRules& rules, bool goes_on, std::uint16_t mark) {
  const auto executor = co_await asio::this_coro::executor;
  while (true) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) break;
    const Instant now = Clock::now();
    read(now);
    const Lockout before = lockout;
    auto begun = lockout.begin(rules, now, goes_on, mark);
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    if (*begun && !write_place(now)) {
      lockout = before;
      continue;
    }
    if (*begun) co_return Trial(shared_from_this(), mark);
    Waiter waiter(*this, executor);
    boost::system::error_code cancelled;  // by the end of a trial, or because the run was cancelled
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!waiter.called) break;
  }
  co_return std::unexpected(cut_failure());
}

}  // namespace sonde::auth
