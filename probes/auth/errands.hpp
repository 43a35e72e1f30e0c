#pragma once
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde::auth {

// Runs tasks that have to finish even if the run that started them is cancelled, such as storing a
// refresh token that the server gives only once, or counting a refusal that arrives late.
// Single-threaded.
class Errands {
 public:
  // How long a task may go on after its run was cancelled, and when the process stops. At most 100
  // tasks that are not `vital` go on at a time.
  struct Limits {
    Span after_cut, at_stop;
    bool vital = false;
  };

  Errands();

  // Runs `task`, which has to own all that it needs. Returns true if the task has ended, possibly
  // because it was cancelled with the run. Returns false if the run was cancelled and the task goes
  // on within `limits`; `goes_on`, called at that moment, decides that.
  boost::asio::awaitable<bool> run(boost::asio::awaitable<void> task, Limits limits,
                                   std::function<bool()> goes_on);
  // Cancels the remaining tasks after `at_stop`, and calls `then` when none is left, possibly at
  // once.
  void finish(std::function<void()> then);
  bool is_finishing() const;

 private:
  struct One;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::auth
