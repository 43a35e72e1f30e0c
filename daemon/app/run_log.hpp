#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/sink.hpp"
#include "daemon/core/view.hpp"
#include "daemon/log/log.hpp"

namespace sonde::app {

// Logs when a check starts to fail, fails for another reason, and passes again; at level `debug`,
// the result of every run. The fields (probe, target, step, reason, run) become PROBE=, TARGET= and
// so on in the journal; `run` is when the run began.
class RunLog : public Sink {
 public:
  void accept(const ResultPtr& result) override;
  // Forgets checks that are not among these.
  void assign(const std::vector<std::shared_ptr<const Check>>& checks);

  // The checks that fail, and the one that began last: "chat at demo: upgrade/timeout since
  // 2026-01-02T03:04:05Z".
  std::size_t failing() const { return failing_.size(); }
  std::string newest() const;
  // Grows whenever a check begins or ceases to fail, or fails for another reason.
  std::uint64_t version() const { return version_; }

 private:
  using Cause = std::pair<Step, Reason>;
  struct Failing {
    std::shared_ptr<const Check> check;
    Cause cause;
    WallTime since;
  };
  std::map<std::string, Failing> failing_;  // by key_of
  std::uint64_t version_ = 0;
};

}  // namespace sonde::app
