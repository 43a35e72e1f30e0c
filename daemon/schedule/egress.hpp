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
// reaches the world. Whoever asks while a round is under way, or just after one, shares it.
// Without settings it asks nobody. Drained before it is destroyed, as a TaskGroup.
class Egress {
 public:
  // `tell` hears what each round says.
  Egress(const boost::asio::any_io_executor& executor, std::function<void(EgressState)> tell);
  ~Egress();

  // From now on these references; null: none. `network` outlives the sentinel. What is known is
  // kept if nothing has changed.
  void assign(std::shared_ptr<const EgressSettings> settings, net::Network& network);
  // Asks every so often, too, from now on.
  void watch();

  bool on() const { return settings_ != nullptr; }
  // Why a failure that began and ended then is our own network's; empty: it is not, or the
  // waiting was cut. It is known `timeout` later at the latest.
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
  std::optional<Instant> due_at_;  // of the next round
  Instant last_;                   // when the last one began
  bool asking_ = false, watching_ = false;
  std::mt19937_64 random_;
};

}  // namespace sonde::schedule
