#pragma once
#include <map>
#include <string>
#include <utility>

#include "daemon/core/sink.hpp"
#include "daemon/log/log.hpp"

namespace sonde::app {

// Says in the log when a check begins to fail, fails for another reason, and passes again; at level
// `debug`, what came of every run. The fields (probe, target, step, reason, run) are the journal's
// PROBE=, TARGET= and so on; `run` is when the run began.
class RunLog : public Sink {
 public:
  void accept(const ResultPtr& result) override;

 private:
  using Cause = std::pair<Step, Reason>;
  std::map<std::string, Cause> failing_;  // by key_of
};

}  // namespace sonde::app
