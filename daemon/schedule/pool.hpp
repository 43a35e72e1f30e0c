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

// The workers, seen from the main thread, which alone may call this. A check belongs to the
// worker that owns its target.
class Pool {
 public:
  struct Options {
    std::size_t workers = 1;            // at least one
    std::size_t in_flight_max = 16384;  // of each worker
    // Handed every Result, on the main executor.
    std::function<void(const ResultPtr&)> publish;
    // Where the workers count refused logins, all of them together.
    std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
  };

  // Starts the threads. `main` outlives the pool, and runs until stop() has reported.
  Pool(boost::asio::any_io_executor main, Options options);
  // Waits for the threads, except for those that stop() gave up on.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // What was concluded of failures before the process began, by key_of; before the first assign().
  void restore(const std::map<std::string, std::string>& conclusions);

  // From now on exactly these; unchanged ones (by name, target and fingerprint) keep their phase,
  // their probe and what it learnt. `egress`: the references of every worker's egress sentinel;
  // null: none.
  void assign(const std::vector<std::shared_ptr<const Check>>& checks,
              const std::shared_ptr<const EgressSettings>& egress = nullptr);

  // Whether our own network reaches the world, as far as any worker sees. Empty: there are no
  // references, or none was asked yet.
  std::optional<bool> egress_up() const;

  // How many runs of a check are under way; 0 for one that it does not know. The function may be
  // called on any thread, and stays right until the next assign().
  std::function<int(const Check&)> in_flight() const;

  // Whether no worker is late with a beat by more than five seconds.
  bool on_time(Instant now) const;

  // Whether every worker went on since the last call: it took beats, or none was due.
  bool progressed(Instant now);

  // Cuts what is under way, and calls `done` once on the main executor: true when every worker has
  // ended, false when `limit` passed first. After false the process must end without
  // destroying `main`, which the workers that hang may still post to.
  void stop(Span limit, std::function<void(bool drained)> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::schedule
