#include "probes/core/deadline.hpp"

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde {
namespace asio = boost::asio;
namespace {

// Keeps the verdict of an attempt that exceeds its deadline, because it may still be right. An
// exception is a bug of ours; it must neither count as a timeout nor end the daemon.
asio::awaitable<void> keep(asio::awaitable<Verdict> attempt, Verdict& verdict, Trace& trace) {
  co_await asio::this_coro::throw_if_cancelled(false);
  try {
    verdict = co_await std::move(attempt);
  } catch (const std::exception& error) {
    verdict = Verdict::of(trace.step(), {Reason::own_fault, error.what()});
  }
}

// Cancels an attempt, for the deadline or for the caller. Both share ownership, because they may
// act when the attempt has just ended.
using Cut = std::shared_ptr<asio::cancellation_signal>;

struct AtDeadline {
  Cut cut;
  void operator()(boost::system::error_code error) const {
    if (!error) cut->emit(asio::cancellation_type::terminal);
  }
};

struct PassOn {
  Cut cut;
  void operator()(asio::cancellation_type type) const { cut->emit(type); }
};

// Starts an attempt with its timer and the cancellation slot of the handler.
struct Begin {
  void operator()(auto handler, asio::awaitable<void> attempt, asio::steady_timer* clock,
                  const Cut& cut) const {
    auto outer = asio::get_associated_cancellation_slot(handler);
    if (outer.is_connected()) outer.assign(PassOn{cut});
    clock->async_wait(AtDeadline{cut});
    asio::co_spawn(clock->get_executor(), std::move(attempt),
                   asio::bind_cancellation_slot(cut->slot(), std::move(handler)));
  }
};

Verdict at_deadline(Verdict verdict, Instant limit, const Trace& trace) {
  if (verdict.reason != Reason::cut) return verdict;
  if (Clock::now() < limit)
    return Verdict::of(trace.step(),
                       {Reason::own_fault, "cut before the deadline, for no known reason"});
  if (auto ours = stood_in_line(trace, limit)) return Verdict::of(trace.step(), *std::move(ours));
  const Reason reason = deadline_reason(trace.step(), trace.phase());
  std::string where = trace.phase() ? " in phase " + std::string(name(*trace.phase())) : "";
  if (!verdict.detail.empty()) where += "; " + verdict.detail;
  return Verdict::of(trace.step(), {reason, "the deadline passed" + std::move(where)});
}

// A run with a session that anybody may have is no pass, and what fails may be the login.
Verdict doubt_login(Verdict verdict, const Trace& trace) {
  if (trace.unproven_login.empty()) return verdict;
  if (verdict.outcome == Outcome::pass)
    return Verdict::of(Step::login, {Reason::login_unproven, trace.unproven_login});
  if (verdict.outcome == Outcome::fail)
    verdict.detail += "; the login may have been refused: " + trace.unproven_login;
  return verdict;
}

// The verdict of a stopped attempt is always that of the stop. Not inlined, because its temporaries
// would increase the frame of every coroutine with a deadline.
[[gnu::noinline]] Verdict conclude(Verdict verdict, bool stopped, Instant limit, Trace& trace) {
  verdict = stopped ? Verdict::of(trace.step(), {Reason::shutdown, ""})
                    : doubt_login(at_deadline(std::move(verdict), limit, trace), trace);
  trace.finish();
  return verdict;
}

}  // namespace

asio::awaitable<Verdict> within(Instant limit, asio::awaitable<Verdict> attempt, Trace& trace) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer clock(executor, limit);
  Verdict verdict = Verdict::of(trace.step(), cut_failure());
  const Cut cut = std::make_shared<asio::cancellation_signal>();
  auto kept = keep(std::move(attempt), verdict, trace);
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      Begin(), asio::use_awaitable, std::move(kept), &clock, cut);
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool stopped = state.cancelled() != asio::cancellation_type::none;
  co_return conclude(std::move(verdict), stopped, limit, trace);
}

std::optional<Failure> stood_in_line(const Trace& trace, Instant now) {
  constexpr int share = 10;
  if (trace.waited == Span{} || trace.waited * share < now - trace.started()) return std::nullopt;
  const auto waited = std::chrono::floor<std::chrono::milliseconds>(trace.waited).count();
  return Failure{Reason::suppressed, "the deadline passed, and " + std::to_string(waited) +
                                         " ms of the time were spent waiting for other logins of "
                                         "the account"};
}

Reason deadline_reason(Step step, std::optional<Phase> phase) {
  if (phase == Phase::resolve) return Reason::own_dns;
  if (phase == Phase::connect) return Reason::tcp_timeout;
  if (phase == Phase::proxy) return Reason::proxy_failed;
  if (phase == Phase::tls) return Reason::tls_timeout;
  if (phase == Phase::discover) return Reason::timeout;
  return row(step).deadline;
}

}  // namespace sonde
