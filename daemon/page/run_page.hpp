#pragma once
#include <optional>
#include <string>

#include "daemon/core/result.hpp"
#include "daemon/core/run_record.hpp"

namespace sonde::page {

// A recorded run, and the newest recorded run of the check before it that passed.
struct RunView {
  WallTime now;
  std::string version;
  RunRow run;
  std::vector<std::string> events;  // of the check's dialect, in the order that is expected
  Result result;       // of its transcript; without one, what the list of runs says, and no phases
  std::string passed;  // id of that run; empty: none
  std::optional<Result> passed_result;
  bool admin = false;  // changes are allowed: "run now" is offered
};

// The page of a run: why it ended as it did, its phases, events, refusal checks, experiments,
// exchanges, frames and certificates.
std::string run_page(const RunView& view);

}  // namespace sonde::page
