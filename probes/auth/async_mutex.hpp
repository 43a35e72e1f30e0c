#pragma once
#include <expected>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "probes/core/reason.hpp"

namespace sonde::auth {

// Lets one coroutine in at a time; the others of the same loop wait in the order in which they
// came. No mutex: all of them run on one thread.
class AsyncMutex {
  struct State;

 public:
  // Whoever holds it is inside; its end lets the next one in.
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
  // Fails with Reason::cut when the run is cut while it waits.
  boost::asio::awaitable<std::expected<Pass, Failure>> enter();

 private:
  struct Waiter;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::auth
