#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "daemon/core/result.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::schedule {
struct EgressSettings;
}  // namespace sonde::schedule

namespace sonde::commands {

// How `sonde run` runs probes.
struct OnceOptions {
  int repeat = 1;           // of each probe, one after the other
  std::size_t at_once = 8;  // different probes; more wait
  std::shared_ptr<const schedule::EgressSettings> egress =
      nullptr;  // consulted by failures; null: nobody
  // Where refused logins are counted.
  std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
  // Told of each Result when it is made.
  std::function<void(const ResultPtr&)> publish;
  // Told five times a second what is under way: the checks, the runs that have ended, all runs.
  std::function<void(const std::vector<std::shared_ptr<const Check>>&, int, int)> progress;
};

// Runs each check `repeat` times, on this thread, with the same Runner as the daemon's workers,
// and with every refusal check. Returns false if SIGINT or SIGTERM cut it: runs under way are then
// not published.
bool run_once(const std::vector<std::shared_ptr<const Check>>& checks, const OnceOptions& options);

}  // namespace sonde::commands
