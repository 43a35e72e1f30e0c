#pragma once
#include <map>
#include <string>
#include <utility>

#include "daemon/core/sink.hpp"
#include "daemon/log/log.hpp"

namespace sonde::app {

// Logs when a check starts to fail, fails for another reason, and passes again; at level `debug`,
// the result of every run. The fields (probe, target, step, reason, run) become PROBE=, TARGET= and
// so on in the journal; `run` is when the run began.
class RunLog : public Sink {
 public:
  void accept(const ResultPtr& result) override;

 private:
  using Cause = std::pair<Step, Reason>;
  std::map<std::string, Cause> failing_;  // by key_of
};

}  // namespace sonde::app
