#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/schedule/egress_log.hpp"
#include "daemon/schedule/local_clock.hpp"
#include "probes/auth/token_cache.hpp"

namespace sonde::schedule {

struct EgressSettings;

// A check, and where its worker says how many of its runs are under way.
struct Assignment {
  std::shared_ptr<const Check> check;
  std::shared_ptr<std::atomic<int>> in_flight;
};

// What a worker says of its agenda, for the watchdog, and of its egress sentinel. Written by the
// worker, read by anybody.
struct Progress {
  std::atomic<std::uint64_t> rounds = 0;      // how often due beats were taken
  std::atomic<Instant> next{Instant::max()};  // when the next beat is due; max: none
  std::atomic<EgressState> egress = EgressState::unknown;
};

// One thread with one loop, its own network and its share of the agenda; it makes Results of
// beats and does nothing else. Called from the thread that made it.
class Worker {
 public:
  struct Options {
    int number = 0;                     // label `worker`
    std::size_t in_flight_max = 16384;  // runs under way; a beat above it is skipped (capacity)
    // Handed what came of the runs, a few at a time, on the worker's thread; must not block.
    std::function<void(std::vector<ResultPtr>)> publish;
    // Where refused logins are counted, with the other workers.
    std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
    // Called on the worker's thread as its last act.
    std::function<void()> ended;
    bool (*clock_is_kept)() = schedule::clock_is_kept;
  };

  explicit Worker(Options options);
  // Ends the thread, if stop() was not called before; waits for it unless abandoned.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // From now on exactly these. Those whose name, target and fingerprint it has already go on
  // undisturbed; runs of the others end under the configuration that they began with. `egress`:
  // whom a failure consults, and who is asked every so often; null: nobody.
  void assign(std::vector<Assignment> duties,
              std::shared_ptr<const EgressSettings> egress = nullptr);
  // What was concluded of failures before the process began, by key_of; before assign().
  void restore(std::map<std::string, std::string> conclusions);
  // No beat any more; runs under way are cut and not published. Then the thread ends.
  void stop();
  // Gives up waiting for a thread that does not end: it is left to itself, with all it owns.
  void abandon();

  const Progress& progress() const;

 private:
  class Loop;
  std::shared_ptr<Loop> loop_;  // shared with the thread, which may be abandoned
  std::thread thread_;
};

}  // namespace sonde::schedule
