#pragma once
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/clock.hpp"

namespace sonde::auth {

// What a run began and what has to come to its end though the run is cut meanwhile, such as keeping
// the token that a server gave for one that it takes but once, or counting a refusal that comes
// late. All on one thread.
class Errands {
 public:
  // How long a task goes on at most when its run was cut, and when the process stops. Of those that
  // are not `vital` no more than 100 go on at a time.
  struct Limits {
    Span after_cut, at_stop;
    bool vital = false;
  };

  Errands();

  // Does `task`, which owns all that it needs. True: it has ended, perhaps because the run was cut
  // and the task with it. False: the run was cut, and the task goes on within `limits`, for
  // `goes_on`, which is asked then, says so.
  boost::asio::awaitable<bool> run(boost::asio::awaitable<void> task, Limits limits,
                                   std::function<bool()> goes_on);
  // Cuts those under way after `at_stop`, and calls `then` when none is left, perhaps at once.
  void finish(std::function<void()> then);
  bool is_finishing() const;

 private:
  struct One;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::auth
