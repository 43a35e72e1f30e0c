#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include "probes/auth/errands.hpp"
#include "probes/auth/login.hpp"

namespace sonde::auth {

// Limits for a login request whose answer counts even if its run was cancelled: as long as most
// proxies hold a request.
inline constexpr Errands::Limits count_late{.after_cut = std::chrono::seconds(30),
                                            .at_stop = std::chrono::seconds(1)};
// Limits for a request whose answer contains something that is given only once.
inline constexpr Errands::Limits keep_late{
    .after_cut = std::chrono::seconds(30), .at_stop = std::chrono::seconds(5), .vital = true};

// A context for a request that may outlive its run, with copies of everything that belongs to the
// run.
struct DetachedContext {
  DetachedContext(const Context& of, LoginGuard::Trial its_trial);
  DetachedContext(const DetachedContext&) = delete;
  DetachedContext& operator=(const DetachedContext&) = delete;

  // Whether a request may have reached the server that has not been answered yet.
  bool is_sent() const;
  // Adds what was done to the run's trace; `over`: the task has ended.
  void tell(Context& run, bool over);

  // The task was cut before it had an answer.
  void end_unanswered();

  Account account;
  text::Names names;
  Trace trace;
  LoginGuard::Trial trial;
  bool awaited = false;  // when the run was cut, something had been sent
  Context context;
};

template <class Result, class Task>
struct DetachedTask : DetachedContext {
  DetachedTask(const Context& of, LoginGuard::Trial its_trial, Task what)
      : DetachedContext(of, std::move(its_trial)), task(std::move(what)) {}
  Task task;
  std::optional<Result> result;
};

template <class Result, class Task>
boost::asio::awaitable<void> do_detached(std::shared_ptr<DetachedTask<Result, Task>> one) {
  auto doing = one->task(one->context, one->trial);
  one->result.emplace(co_await std::move(doing));
  const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != boost::asio::cancellation_type::none) one->end_unanswered();
}

// Runs `task`, awaitable<Result> task(Context&, LoginGuard::Trial&), which sends credentials as
// `trial`, judges the trial by the answer, and owns all else that it needs. If the run is cancelled
// before anything was sent, the task is cancelled with it. Returns nullopt if something was sent:
// the answer is then read within `limits` and judged anyway. Until then the trial is under way, and
// its account allows fewer logins. `cut` is called when the answer is awaited without a run.
template <class Result, class Task>
boost::asio::awaitable<std::optional<Result>> until_answered(Context& context,
                                                             LoginGuard::Trial& trial, Task task,
                                                             Errands::Limits limits = count_late,
                                                             std::function<void()> cut = {}) {
  context.trace.leave();
  const auto one =
      std::make_shared<DetachedTask<Result, Task>>(context, std::move(trial), std::move(task));
  auto goes_on = [one, limits, cut = std::move(cut)] {
    one->awaited = one->is_sent();
    const bool so = one->awaited && (limits.vital || one->trial.counts());
    if (so) one->trial.outlives_run();
    if (so && cut) cut();
    return so;
  };
  auto running = context.token_cache.errands().run(do_detached(one), limits, std::move(goes_on));
  const bool over = co_await std::move(running);
  one->tell(context, over);
  if (!over) co_return std::nullopt;
  trial = std::move(one->trial);
  co_return std::move(one->result);
}

}  // namespace sonde::auth
