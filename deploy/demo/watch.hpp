#pragma once
#include <chrono>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "deploy/demo/stream.hpp"

namespace sonde::demo {

// A stream and the time until which it may stay open. The timer keeps both alive while it runs.
struct Watch : std::enable_shared_from_this<Watch> {
  explicit Watch(Stream watched) : stream(std::move(watched)), timer(stream.get_executor()) {}

  void close_after(std::chrono::milliseconds time) {
    timer.expires_after(time);
    timer.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error && self->timer.expiry() <= std::chrono::steady_clock::now()) self->stream.close();
    });
  }

  Stream stream;
  boost::asio::steady_timer timer;
};

}  // namespace sonde::demo
