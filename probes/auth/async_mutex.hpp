#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"

namespace sonde::auth {

// Lets one coroutine of a loop in at a time; the others wait in the order of their arrival. Needs
// no thread synchronization, because all of them run on one thread.
class AsyncMutex {
  struct State;

 public:
  // The right to be inside; its destruction lets the next coroutine in.
  class Pass {
   public:
    explicit Pass(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Pass();
    Pass(Pass&&) = default;
    Pass& operator=(Pass&&) = delete;

   private:
    std::shared_ptr<State> state_;
  };

  AsyncMutex();
  // Fails with Reason::cut if the run is cancelled while it waits.
  boost::asio::awaitable<std::expected<Pass, Failure>> enter();

 private:
  struct Waiter;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::auth
