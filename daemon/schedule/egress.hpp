#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "daemon/schedule/egress_log.hpp"
#include "daemon/schedule/egress_settings.hpp"
#include "daemon/schedule/task_group.hpp"
#include "probes/core/probe.hpp"
#include "probes/net/network.hpp"

namespace sonde::schedule {

// The egress sentinel of one worker, on its loop: asks the references whether our own network
// reaches the internet. Callers that ask during a round, or just after one, share its result.
// Without settings it sends nothing. Has to be drained before it is destroyed, as a TaskGroup.
class Egress {
 public:
  // `tell` is called with the result of each round.
  Egress(const boost::asio::any_io_executor& executor, std::function<void(EgressState)> tell);
  ~Egress();

  // Sets the references; null: none. `network` has to outlive the sentinel. Results are kept if the
  // settings have not changed.
  void assign(std::shared_ptr<const EgressSettings> settings, net::Network& network);
  // From now on it also asks periodically.
  void watch();

  bool on() const { return settings_ != nullptr; }
  // Returns why a failure between `began` and `ended` is the fault of our own network; empty: it is
  // not, or the wait was cancelled. Takes at most `timeout`.
  boost::asio::awaitable<std::string> blame(Instant began, Instant ended);

  TaskGroup& tasks() { return tasks_; }
  void stop();

 private:
  struct Timers;
  struct Round;
  void want(Instant at);
  void begin();
  boost::asio::awaitable<void> ask(std::shared_ptr<const EgressSettings> settings);
  boost::asio::awaitable<Verdict> any_answers(std::shared_ptr<const EgressSettings> settings);
  static boost::asio::awaitable<void> settle(Round& round);
  boost::asio::awaitable<void> try_one(Round& round, const Reference& reference);
  void conclude(const EgressSettings* asked, EgressAnswer answer);

  std::function<void(EgressState)> tell_;
  TaskGroup tasks_;
  std::unique_ptr<Timers> timers_;
  std::shared_ptr<const EgressSettings> settings_;
  net::Network* network_ = nullptr;
  EgressLog log_;
  std::optional<Instant> due_at_;  // when the next round starts
  Instant last_;                   // when the last round began
  bool asking_ = false, watching_ = false;
  std::mt19937_64 random_;
};

}  // namespace sonde::schedule
