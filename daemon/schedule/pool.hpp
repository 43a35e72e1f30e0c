#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/result.hpp"
#include "probes/auth/token_cache.hpp"

namespace sonde::schedule {

struct EgressSettings;

// The workers, as seen from the main thread; only that thread may call it. A check belongs to the
// worker that owns its target.
class Pool {
 public:
  struct Options {
    std::size_t workers = 1;            // at least one
    std::size_t in_flight_max = 16384;  // of each worker
    // Called with every Result, on the main executor.
    std::function<void(const ResultPtr&)> publish;
    // Where all workers together count rejected logins.
    std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
    // Where all workers together know what services issued.
    std::shared_ptr<auth::IssuedTable> issued = auth::IssuedTable::in_memory();
  };

  // Starts the threads. `main` has to outlive the pool, and has to run until stop() has reported.
  Pool(boost::asio::any_io_executor main, Options options);
  // Waits for the threads, except for those that stop() abandoned.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Conclusions about failures from before the start of the process, by key_of; call it before the
  // first assign().
  void restore(const std::map<std::string, std::string>& conclusions);

  // Replaces the checks; unchanged ones (same name, target and fingerprint) keep their phase, their
  // probe and its state. `egress`: the references of every worker's egress sentinel; null: none.
  void assign(const std::vector<std::shared_ptr<const Check>>& checks,
              const std::shared_ptr<const EgressSettings>& egress = nullptr);

  // Whether our own network reaches the internet, according to any worker. nullopt: there are no
  // references, or none was asked yet.
  std::optional<bool> egress_up() const;

  // Returns a function that gives the number of runs of a check under way, 0 for an unknown check.
  // It may be called on any thread, and is valid until the next assign().
  std::function<int(const Check&)> in_flight() const;

  // Runs a check once, now, apart from any schedule; it need not be assigned. The result is in no
  // rate, metric, alert or store. `done` is called once on the main executor, not after the pool's
  // end; null: the worker stops or has too much to do. See Worker::run_apart.
  void run_apart(const std::shared_ptr<const Check>& check, Instant limit,
                 std::function<void(ResultPtr)> done);

  // Whether no worker is late with a tick by more than five seconds.
  bool on_time(Instant now) const;

  // Whether every worker made progress since the last call: it took ticks, or none was due.
  bool progressed(Instant now);

  // Cancels the runs under way, and calls `done` once on the main executor: true when every worker
  // has ended, false if `limit` passed before. After false the process has to exit without
  // destroying `main`, because workers that hang may still post to it.
  void stop(Span limit, std::function<void(bool drained)> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::schedule
