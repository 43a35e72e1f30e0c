#include "daemon/schedule/task_group.hpp"

#include <cstdlib>
#include <exception>
#include <list>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

namespace asio = boost::asio;

namespace sonde::schedule {

struct TaskGroup::State {
  using Tasks = std::list<asio::cancellation_signal>;

  asio::any_io_executor executor;
  Tasks tasks = {};
  bool stopping = false;
  std::function<void()> drained = {};

  void ended(Tasks::iterator task, const std::exception_ptr& thrown) {
    tasks.erase(task);
    if (thrown) pass_on(thrown);
    tell_drained();
  }

  // Asio throws if a task is cancelled before its first step.
  void pass_on(const std::exception_ptr& thrown) const {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      if (!stopping || error.code() != asio::error::operation_aborted) throw;
    }
  }

  void tell_drained() {
    if (tasks.empty() && drained) asio::post(executor, std::exchange(drained, nullptr));
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(new State{.executor = std::move(executor)}) {}

TaskGroup::~TaskGroup() {
  if (!state_->tasks.empty()) std::abort();
}

void TaskGroup::spawn(asio::awaitable<void> task) {
  if (state_->stopping) return;
  auto place = state_->tasks.emplace(state_->tasks.end());
  auto ended = [state = state_.get(), place](const std::exception_ptr& thrown) {
    state->ended(place, thrown);
  };
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(place->slot(), ended));
}

void TaskGroup::stop() {
  state_->stopping = true;
  // A task may end, and leave the list, while it is being cancelled.
  auto task = state_->tasks.begin();
  while (task != state_->tasks.end()) (task++)->emit(asio::cancellation_type::terminal);
}

bool TaskGroup::stopping() const { return state_->stopping; }

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

void TaskGroup::when_drained(std::function<void()> then) {
  state_->drained = std::move(then);
  state_->tell_drained();
}

}  // namespace sonde::schedule
