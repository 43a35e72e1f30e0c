#pragma once
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace sonde::schedule {

// Coroutines that are ended together. Single-threaded. It has to outlive its tasks: it aborts if it
// is destroyed before it is drained. An exception that leaves a task is a programming error, and is
// rethrown from the loop.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a task on the executor. After stop() a task is not started.
  void spawn(boost::asio::awaitable<void> task);
  // Cancels every task; each ends after its cleanup.
  void stop();
  bool stopping() const;
  std::size_t size() const;
  // Calls `then` once, on the executor, as soon as no task is left.
  void when_drained(std::function<void()> then);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde::schedule
