#pragma once
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/clock.hpp"

namespace sonde::auth {

// What a run began and what has to come to its end though the run is cut meanwhile, such as keeping
// the token that a server gave for one that it takes but once. All on one thread.
class Errands {
 public:
  Errands();

  // Does `task`, which owns all that it needs. True: it has ended. False: the run was cut before,
  // and the task goes on for five seconds at most, until it is cut as well.
  boost::asio::awaitable<bool> run(boost::asio::awaitable<void> task);
  // Cuts those under way after `limit`, and calls `then` when none is left, perhaps at once.
  void finish_within(Span limit, std::function<void()> then);

 private:
  struct One;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::auth
