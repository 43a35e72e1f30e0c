#pragma once
#include <gtest/gtest.h>

#include <chrono>

#include <boost/asio/io_context.hpp>

#include "probes/core/clock.hpp"

namespace sonde::test {

// Runs a loop, which may run out of work, until the condition holds; fails after ten seconds.
template <class F>
void turn_until(boost::asio::io_context& io, F so) {
  const Instant limit = Clock::now() + std::chrono::seconds(10);
  while (!so() && Clock::now() < limit) {
    io.restart();
    io.run_one_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(so());
}

}  // namespace sonde::test
