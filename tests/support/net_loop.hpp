#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/net/network.hpp"

namespace sonde::test {

// The loop of a worker: runs a coroutine to its end, or cancels it as a deadline does.
class NetLoop : public testing::Test {
 protected:
  template <class T>
  T run(boost::asio::awaitable<T> what, Span limit = std::chrono::seconds(20)) {
    std::optional<T> result;
    boost::asio::cancellation_signal cut;
    boost::asio::steady_timer clock(io, limit);
    clock.async_wait([&](boost::system::error_code error) {
      if (!error) cut.emit(boost::asio::cancellation_type::terminal);
    });
    auto keep = [&](std::exception_ptr error, std::optional<T> value) {
      if (error) std::rethrow_exception(error);
      result = std::move(value);
    };
    boost::asio::co_spawn(io, calm(std::move(what)),
                          boost::asio::bind_cancellation_slot(cut.slot(), keep));
    io.restart();  // it may have stopped because it had no work
    while (!result) io.run_one();
    return std::move(*result);
  }

  boost::asio::io_context io{1};
  net::Network network{io.get_executor()};
  net::ConnectionOptions line;

 private:
  template <class T>
  static boost::asio::awaitable<std::optional<T>> calm(boost::asio::awaitable<T> what) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    std::optional<T> value;
    value.emplace(co_await std::move(what));
    co_return value;
  }
};

}  // namespace sonde::test
