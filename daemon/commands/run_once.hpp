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

// Options of `sonde run`.
struct OnceOptions {
  int repeat = 1;           // runs of each probe, one after the other
  std::size_t at_once = 8;  // number of probes that run at the same time
  std::shared_ptr<const schedule::EgressSettings> egress =
      nullptr;  // consulted by failures; null: none
  // Where rejected logins are counted.
  std::shared_ptr<auth::LockoutTable> lockouts = auth::LockoutTable::in_memory();
  // What services issued to earlier runs.
  std::shared_ptr<auth::IssuedTable> issued = auth::IssuedTable::in_memory();
  // Called with each Result when it is made.
  std::function<void(const ResultPtr&)> publish;
  // Called five times a second with the checks under way, the number of finished runs, and the
  // number of all runs.
  std::function<void(const std::vector<std::shared_ptr<const Check>>&, int, int)> progress;
};

// Runs each check `repeat` times, on this thread, with the same Runner as the daemon's workers, and
// with every refusal check. Returns false if SIGINT or SIGTERM interrupted it; the runs under way
// are then not published.
bool run_once(const std::vector<std::shared_ptr<const Check>>& checks, const OnceOptions& options);

}  // namespace sonde::commands
