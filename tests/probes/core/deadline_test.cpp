#include "probes/core/deadline.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sonde::deadline_test {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// Waits as a probe does; says `cut` if it was cut, else `otherwise`.
asio::awaitable<Verdict> wait(Span span, Trace& trace, Step step, std::optional<Phase> phase,
                              Verdict otherwise) {
  trace.at(step);
  trace.open(Phase::upgrade);
  if (phase) trace.enter(*phase);
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, span);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return error ? Verdict::of(step, {Reason::cut, ""}) : std::move(otherwise);
}

// Waits, and knows what to say although it was cut.
asio::awaitable<Verdict> wait_and_say(Verdict verdict) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, 1h);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return verdict;
}

class Within : public testing::Test {
 protected:
  Verdict run(Span limit, asio::awaitable<Verdict> attempt, std::optional<Span> stop = {}) {
    asio::cancellation_signal cancel;
    asio::steady_timer stopper(io, stop.value_or(1h));
    stopper.async_wait([&](auto error) {
      if (!error) cancel.emit(asio::cancellation_type::terminal);
    });
    Verdict concluded;
    auto keep = [&](const std::exception_ptr& thrown, Verdict verdict) {
      if (thrown) std::rethrow_exception(thrown);
      concluded = std::move(verdict);
      io.stop();
    };
    asio::co_spawn(io, within(Clock::now() + limit, std::move(attempt), trace),
                   asio::bind_cancellation_slot(cancel.slot(), keep));
    io.restart();
    io.run();
    return concluded;
  }

  asio::io_context io{1};
  Trace trace;
};

TEST_F(Within, AnAttemptInTimeKeepsItsVerdict) {
  auto attempt = wait(1ms, trace, Step::login, std::nullopt,
                      Verdict::of(Step::login, {Reason::credentials, "HTTP 401"}));
  const Verdict verdict = run(1h, std::move(attempt));
  EXPECT_EQ(verdict.reason, Reason::credentials);
  EXPECT_EQ(verdict.detail, "HTTP 401");
}

TEST_F(Within, TheDeadlineCutsWhateverWaits) {
  const Instant before = Clock::now();
  run(20ms, wait(1h, trace, Step::health, Phase::first_byte, Verdict::pass()));
  EXPECT_GE(Clock::now() - before, 20ms);
  EXPECT_LT(Clock::now() - before, 10s);
}

TEST_F(Within, ACutIsWhatTheDeadlineMeansThere) {
  const Verdict verdict =
      run(5ms, wait(1h, trace, Step::upgrade, Phase::first_byte, Verdict::pass()));
  EXPECT_EQ(verdict.outcome, Outcome::fail);
  EXPECT_EQ(verdict.step, Step::upgrade);
  EXPECT_EQ(verdict.reason, Reason::handshake_timeout);
  EXPECT_EQ(verdict.detail, "the deadline passed in phase first_byte");
}

TEST_F(Within, ADeadlineInTheLookupIsOurOwnFault) {
  const Verdict verdict = run(5ms, wait(1h, trace, Step::login, Phase::resolve, Verdict::pass()));
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.reason, Reason::own_dns);
}

TEST_F(Within, AnAttemptThatKnowsItsVerdictAtTheDeadlineKeepsIt) {
  EXPECT_EQ(run(5ms, wait_and_say(Verdict::pass())).outcome, Outcome::pass);
  const Verdict failed = Verdict::of(Step::events, {Reason::missing_event, "agent_thinking"});
  EXPECT_EQ(run(5ms, wait_and_say(failed)).reason, Reason::missing_event);
}

TEST_F(Within, ADeadlineThatHasPassedStillGivesAVerdict) {
  const Verdict verdict = run(-1s, wait(1h, trace, Step::health, Phase::connect, Verdict::pass()));
  EXPECT_NE(verdict.reason, Reason::cut);
  EXPECT_NE(verdict.outcome, Outcome::pass);
}

TEST_F(Within, AStopFromOutsideIsAShutdown) {
  const Verdict verdict =
      run(1h, wait(1h, trace, Step::login, Phase::first_byte, Verdict::pass()), 5ms);
  EXPECT_EQ(verdict.outcome, Outcome::skipped);
  EXPECT_EQ(verdict.reason, Reason::shutdown);
}

TEST_F(Within, AStopFromOutsideIsAShutdownWhateverTheAttemptSays) {
  const Verdict failed = Verdict::of(Step::events, {Reason::first_event_timeout, "nothing came"});
  EXPECT_EQ(run(1h, wait_and_say(failed), 5ms).reason, Reason::shutdown);
}

TEST_F(Within, NoPhaseIsLostAtTheDeadline) {
  run(5ms, wait(1h, trace, Step::upgrade, Phase::tls, Verdict::pass()));
  ASSERT_EQ(trace.phases().size(), 2U);
  EXPECT_EQ(trace.phases()[1].phase, Phase::tls);
  for (const auto& span : trace.phases()) {
    ASSERT_TRUE(span.took);
    EXPECT_GE(*span.took, 4ms);
  }
}

asio::awaitable<Verdict> break_an_invariant() {
  co_await asio::this_coro::executor;
  throw std::logic_error("broken");
}

TEST_F(Within, AnExceptionIsNotTakenForADeadline) {
  const Verdict verdict = run(1h, break_an_invariant());
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.reason, Reason::own_fault);
  EXPECT_EQ(verdict.detail, "broken");
}

TEST(DeadlineReason, IsOurOwnWaitingFromATenthOfTheTimeOn) {
  const Instant start = Instant(1h);
  Trace trace(start);
  EXPECT_FALSE(stood_in_line(trace, start + 5s));
  trace.waited = 499ms;
  EXPECT_FALSE(stood_in_line(trace, start + 5s));
  trace.waited = 500ms;
  const auto why = stood_in_line(trace, start + 5s);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, Reason::suppressed);
  EXPECT_EQ(
      why->detail,
      "the deadline passed, and 500 ms of the time were spent waiting for other logins of the "
      "account");
}

TEST(DeadlineReason, FollowsTheFinerPhaseFirst) {
  for (const Step step : {Step::health, Step::login, Step::upgrade, Step::refuse}) {
    EXPECT_EQ(deadline_reason(step, Phase::resolve), Reason::own_dns);
    EXPECT_EQ(deadline_reason(step, Phase::connect), Reason::tcp_timeout);
    EXPECT_EQ(deadline_reason(step, Phase::proxy), Reason::proxy_failed);
    EXPECT_EQ(deadline_reason(step, Phase::tls), Reason::tls_timeout);
  }
}

TEST(DeadlineReason, FollowsTheStepOtherwise) {
  for (const std::optional<Phase> phase :
       {std::optional<Phase>(), std::optional(Phase::first_byte), std::optional(Phase::body)}) {
    EXPECT_EQ(deadline_reason(Step::health, phase), Reason::timeout);
    EXPECT_EQ(deadline_reason(Step::login, phase), Reason::timeout);
    EXPECT_EQ(deadline_reason(Step::upgrade, phase), Reason::handshake_timeout);
    EXPECT_EQ(deadline_reason(Step::ready, phase), Reason::no_ready);
    EXPECT_EQ(deadline_reason(Step::events, phase), Reason::timeout);
    EXPECT_EQ(deadline_reason(Step::refuse, phase), Reason::refusal_unclear);
  }
}

}  // namespace
}  // namespace sonde::deadline_test
