#pragma once
#include <functional>
#include <random>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/result.hpp"
#include "daemon/schedule/loop_lag.hpp"
#include "daemon/schedule/scheduled_check.hpp"
#include "daemon/schedule/task_group.hpp"
#include "probes/core/probe.hpp"

namespace sonde::diagnosis {
struct Observation;
}  // namespace sonde::diagnosis

namespace sonde::schedule {

class Egress;
class LocalClock;

// Whether another attempt follows this one in the same run. Pure.
bool tries_again(const Result& result);

// Turns ticks into Results, on one worker's loop: runs the attempts of a check, each with its own
// deadline, and publishes their outcome. Has to outlive its runs, as a TaskGroup does.
class Runner {
 public:
  struct Options {
    int worker = 0;
    std::function<void(ResultPtr)> publish;
    Egress* egress = nullptr;  // consulted for failures without an answer; null: never
    const LocalClock* clock =
        nullptr;  // consulted for certificates that are not valid; null: never
  };
  Runner(boost::asio::any_io_executor executor, Options options);

  // Runs the check now, with its retries; `scheduled` is the time of the tick.
  void start(const ScheduledCheckPtr& entry, Instant scheduled);
  // Makes one attempt now, without retries, refusal checks and experiments, and passes it to `done`
  // instead of publishing it. It ends at `limit`, or at the check's timeout if that is earlier.
  // Null: it was cancelled. It is no run of the schedule: nothing counts it as under way, and it
  // changes nothing that is known of the check's failures.
  void run_apart(const ScheduledCheckPtr& entry, Instant limit,
                 std::function<void(ResultPtr)> done);
  // Publishes that this many ticks were skipped, and why.
  void skip(const ScheduledCheckPtr& entry, Reason reason, std::uint32_t ticks);

  LoopLag& lag() { return lag_; }
  // Cancelled runs end soon and are not published; stop() is final.
  TaskGroup& runs() { return runs_; }

 private:
  class UnderWay;
  boost::asio::awaitable<void> run(InFlightGuard flight, Instant scheduled);
  boost::asio::awaitable<void> attempt(ScheduledCheck& entry, Result& result);
  boost::asio::awaitable<void> attempt_apart(ScheduledCheckPtr entry, Instant limit,
                                             std::function<void(ResultPtr)> done);
  boost::asio::awaitable<void> explain(ScheduledCheck& entry, const Attempt& attempt,
                                       Result& result, Trace& trace);
  boost::asio::awaitable<void> look_into(ScheduledCheck& entry, const Attempt& attempt,
                                         const diagnosis::Observation& failure, Result& result,
                                         Trace& trace);
  boost::asio::awaitable<void> blame_egress(Result& result, const Trace& trace);
  boost::asio::awaitable<void> blame_clock(Result& result, const Trace& trace);
  void blame_lag(Result& result, RunId run, Instant ended) const;
  Result blank(const ScheduledCheck& entry) const;

  Options options_;
  TaskGroup runs_;
  LoopLag lag_;
  std::vector<RunId> under_way_;
  RunId newest_run_ = 0;
  std::mt19937_64 random_;
  std::shared_ptr<const Trace> no_trace_;
};

}  // namespace sonde::schedule
