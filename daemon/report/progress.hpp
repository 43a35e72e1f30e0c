#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "probes/core/trace.hpp"

namespace sonde::report {

// The progress of a `sonde run`.
struct Progress {
  int done = 0;                    // finished runs
  int total = 0;                   // all runs
  std::string_view probe, target;  // of the run that has taken longest; empty: none
  std::optional<Phase> phase;      // its current phase
  Span since{};                    // how long it has been in that phase
};

// "[3/8] chat production: events 2.1 s", in at most `width` columns, without line end: the caller
// prints the carriage return and clears the rest of the line.
std::string progress_line(const Progress& progress, int width);

}  // namespace sonde::report
