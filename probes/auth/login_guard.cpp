#include "probes/auth/login_guard.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/pause.hpp"

namespace sonde::auth {
namespace asio = boost::asio;

// Is in the queue as long as it lives.
struct LoginGuard::Waiter {
  Waiter(LoginGuard& of, const asio::any_io_executor& executor, Instant until)
      : guard(of.shared_from_this()), timer(executor, until) {
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

constexpr Span between_looks = std::chrono::milliseconds(50);  // at what others do
constexpr Instant at_no_time = Instant::max();

void mark_rejected(RefusalCounts& question) { question.tried[0] = 1; }
bool was_rejected(const RefusalCounts& question) { return question.tried[0] != 0; }

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

int LoginGuard::refused(Instant now) {
  read(now);
  return lockout.refused();
}

void LoginGuard::refused_late(std::uint16_t mark, const std::string& question, Instant now) {
  change(key_of(question), mark_rejected);
  read(now);
  lockout.refused_late(mark, now);
  write(now);
}

void LoginGuard::accepted_late(const std::string& question, Instant now) {
  accepted(key_of(question), false, now);
}

void LoginGuard::redeemed(Instant now) {
  read(now);
  lockout.redeemed();
  write(now);
}

LockoutTable::Key LoginGuard::key_of(const std::string& question) const {
  return question.empty() ? 0 : LockoutTable::key_of(std::to_string(key_), question);
}

// Returns the row as it was before.
RefusalCounts LoginGuard::change(LockoutTable::Key question,
                                 const std::function<void(RefusalCounts&)>& what) {
  if (table_ == nullptr || question == 0) return {};
  while (true) {
    const auto row = table_->read(question).value_or(LockoutTable::Row());
    RefusalCounts next = row.counts;
    what(next);
    if (next == row.counts || table_->replace(question, row.counts, {next, row.last}))
      return row.counts;
  }
}

void LoginGuard::accepted(LockoutTable::Key question, bool after_cooldown, Instant now) {
  if (question == 0) return;
  const RefusalCounts before =
      change(question, [](RefusalCounts& row) { row = {.pending = row.pending}; });
  if (was_rejected(before)) return succeeded(now);
  const int none = std::max(before.refused, after_cooldown ? 1 : 0);
  if (none == 0) return;
  read(now);
  lockout.forgive(none);
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
  const bool unknown = unknown_ && !refused_;
  guard->change(question_, [&](RefusalCounts& row) {
    row.pending = std::max(row.pending - 1, 0);
    row.refused += unknown ? 1 : 0;
    if (refused_) mark_rejected(row);
  });
  guard->read(now);
  guard->lockout.end({.refused = refused_ || unknown,
                      .redeems = redeems_,
                      .late = late_,
                      .mark = mark_,
                      .requests = presses_},
                     now);
  guard->write(now);
  if (accepted_ && !refused_) guard->accepted(question_, after_cooldown_, now);
  guard->call_waiters();
}

asio::awaitable<std::expected<LoginGuard::WrongPassword, Failure>>
LoginGuard::claim_wrong_password() {
  const auto self = shared_from_this();
  const LockoutTable::Key key = LockoutTable::key_of(std::to_string(key_), "wrong password");
  auto entering = wrong_password_.enter();
  auto pass = co_await std::move(entering);
  if (!pass) co_return std::unexpected(std::move(pass.error()));
  if (!table_) co_return WrongPassword(*std::move(pass), {});
  while (true) {
    if (auto claim = LockoutTable::claim(table_, key))
      co_return WrongPassword(*std::move(pass), *std::move(claim));
    auto waiting = pause(between_looks);
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) co_return std::unexpected(cut_failure());
  }
}

LoginGuard::Trial& LoginGuard::Trial::operator=(Trial&& other) noexcept {
  if (this == &other) return *this;
  end();
  guard_ = std::move(other.guard_);
  question_ = other.question_;
  mark_ = other.mark_;
  refused_ = other.refused_;
  accepted_ = other.accepted_;
  unknown_ = other.unknown_;
  redeems_ = other.redeems_;
  late_ = other.late_;
  rules_ = other.rules_;
  after_cooldown_ = other.after_cooldown_;
  presses_ = other.presses_;
  return *this;
}

bool LoginGuard::Trial::press_again() {
  if (!guard_) return true;
  while (true) {
    const Instant now = Clock::now();
    guard_->read(now);
    const Lockout before = guard_->lockout;
    if (!guard_->lockout.press_again(rules_, now, after_cooldown_)) return false;
    if (guard_->write_place(now)) break;
    guard_->lockout = before;
  }
  if (late_) guard_->lockout.outlive_run(1);
  ++presses_;
  return true;
}

void LoginGuard::Trial::outlives_run() {
  if (!guard_ || std::exchange(late_, true)) return;
  guard_->lockout.outlive_run(presses_);
  guard_->call_waiters();
}

void LoginGuard::Trial::judge(int status, Reason reason) {
  if (is_refusal(status) || reason == Reason::credentials || reason == Reason::account_locked)
    refused_ = true;
}

asio::awaitable<std::expected<LoginGuard::Trial, Failure>> LoginGuard::begin(
    const LockoutRules& rules, Showing what) {
  const auto executor = co_await asio::this_coro::executor;
  while (true) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) break;
    const Instant now = Clock::now();
    read(now);
    const Lockout before = lockout;
    auto begun = lockout.begin(rules, now, what.goes_on, what.mark);
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    if (*begun && !write_place(now)) {
      lockout = before;
      continue;
    }
    if (*begun) {
      Trial trial;
      trial.guard_ = shared_from_this();
      trial.question_ = key_of(what.question);
      trial.mark_ = what.mark;
      trial.rules_ = rules;
      trial.after_cooldown_ = before.refused() >= rules.after;
      change(trial.question_, [](RefusalCounts& row) { ++row.pending; });
      co_return trial;
    }
    // The end of a request of another worker or process is seen in the table alone.
    Waiter waiter(*this, executor, lockout.waits_for_others() ? now + between_looks : at_no_time);
    boost::system::error_code cancelled;  // by the end of a trial, or because the run was cancelled
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (what.waited != nullptr) *what.waited += Clock::now() - now;
    if (cancelled && !waiter.called) break;
  }
  co_return std::unexpected(cut_failure());
}

}  // namespace sonde::auth
