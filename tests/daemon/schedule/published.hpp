#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "daemon/schedule/worker.hpp"
#include "tests/daemon/schedule/scripted_probe.hpp"

namespace sonde::schedule {

// What a worker publishes, posted to the thread of the test.
class Published {
 public:
  void put(std::vector<ResultPtr> results) {
    boost::asio::post(loop_, [this, results = std::move(results)] {
      results_.insert(results_.end(), results.begin(), results.end());
    });
  }

  // The Results once there are `count` of the outcome; fewer if they do not come.
  std::vector<ResultPtr> wait_for(std::size_t count, std::optional<Outcome> outcome = {}) {
    wait_until([&] { return of(outcome).size() >= count; });
    return of(outcome);
  }

  // Whether there is such a result within some seconds.
  bool sees(Outcome outcome) {
    return wait([&] { return !of(outcome).empty(); });
  }

  // On a busy machine a beat may also be late; so who means a reason waits for it.
  std::vector<ResultPtr> wait_for(std::size_t count, Reason reason) {
    wait_until([&] { return of(reason).size() >= count; });
    return of(reason);
  }

  // Waits for a pass of the check.
  void wait_for_pass(const std::shared_ptr<Check>& check) {
    wait_until([&] {
      return std::ranges::any_of(of(Outcome::pass),
                                 [&](const auto& result) { return result->check == check; });
    });
  }

 private:
  template <class Enough>
  bool wait(Enough enough) {
    const Instant limit = Clock::now() + std::chrono::seconds(20);
    while (!enough() && Clock::now() < limit) loop_.run_one_for(std::chrono::milliseconds(50));
    return enough();
  }
  template <class Enough>
  void wait_until(Enough enough) {
    EXPECT_TRUE(wait(enough));
  }

  std::vector<ResultPtr> of(std::optional<Outcome> outcome) const {
    std::vector<ResultPtr> found;
    for (const auto& result : results_)
      if (!outcome || result->verdict.outcome == *outcome) found.push_back(result);
    return found;
  }

  std::vector<ResultPtr> of(Reason reason) const {
    std::vector<ResultPtr> found;
    for (const auto& result : results_)
      if (result->verdict.reason == reason) found.push_back(result);
    return found;
  }

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_ =
      boost::asio::make_work_guard(loop_);
  std::vector<ResultPtr> results_;
};

struct WorkerTest : testing::Test {
  Published published;
  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<Check> check = scripted_check(script);
  std::shared_ptr<std::atomic<int>> in_flight = std::make_shared<std::atomic<int>>(0);

  Worker::Options options() {
    return {.number = 3, .publish = [this](std::vector<ResultPtr> results) {
              published.put(std::move(results));
            }};
  }
  std::vector<Assignment> duties() { return {{check, in_flight}}; }
};

}  // namespace sonde::schedule
