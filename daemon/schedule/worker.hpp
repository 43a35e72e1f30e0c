#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/schedule/egress_log.hpp"
#include "daemon/schedule/local_clock.hpp"
#include "probes/auth/token_cache.hpp"

namespace sonde::schedule {

struct EgressSettings;

// A check, and where its worker counts its runs under way.
struct Assignment {
  std::shared_ptr<const Check> check;
  std::shared_ptr<std::atomic<int>> in_flight;
};

// Progress of a worker's schedule, for the watchdog, and the state of its egress sentinel. Written
// by the worker, read by any thread.
struct Progress {
  std::atomic<std::uint64_t> rounds = 0;      // how often due ticks were taken
  std::atomic<Instant> next{Instant::max()};  // when the next tick is due; max: never
  std::atomic<EgressState> egress = EgressState::unknown;
};

// One thread with its own loop, network and part of the schedule; it only turns ticks into Results.
// Call its functions from the thread that made it.
class Worker {
 public:
  struct Options {
    int number = 0;                     // label `worker`
    std::size_t in_flight_max = 16384;  // runs under way; a tick beyond it is skipped (capacity)
    // Called with finished Results, a few at a time, on the worker's thread; must not block.
    std::function<void(std::vector<ResultPtr>)> publish;
    // Where rejected logins are counted, shared with the other workers.
    std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
    // What services issued, shared with the other workers.
    std::shared_ptr<auth::IssuedTable> issued = auth::IssuedTable::in_memory();
    // Called on the worker's thread as its last action.
    std::function<void()> ended;
    bool (*clock_is_kept)() = schedule::clock_is_kept;
  };

  explicit Worker(Options options);
  // Ends the thread if stop() was not called before, and waits for it unless it was abandoned.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Replaces the checks. Those with a known name, target and fingerprint go on undisturbed; runs of
  // the others end with the configuration that they began with. `egress`: references that failures
  // consult and that are asked periodically; null: none.
  void assign(std::vector<Assignment> assignments,
              std::shared_ptr<const EgressSettings> egress = nullptr);
  // Conclusions about failures from before the start of the process, by key_of; call it before
  // assign().
  void restore(std::map<std::string, std::string> conclusions);
  // Runs a check apart from any schedule, see Runner::run_apart; one that is not assigned keeps its
  // probe until the next assign(). `done` is called once, on the worker's thread, with null if it
  // cannot be run now. Who asks for a check while it runs, or within a second after that, gets the
  // same result.
  void run_apart(std::shared_ptr<const Check> check, Instant limit,
                 std::function<void(ResultPtr)> done);
  // Takes no more ticks; runs under way are cancelled and not published. Then the thread ends.
  void stop();
  // Stops waiting for a thread that does not end: it keeps running and owns all that it uses.
  void abandon();

  const Progress& progress() const;

 private:
  class Loop;
  std::shared_ptr<Loop> loop_;  // shared with the thread, which may be abandoned
  std::thread thread_;
};

}  // namespace sonde::schedule
