#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "probes/core/trace.hpp"

namespace sonde::report {

// Where a `sonde run` is.
struct Progress {
  int done = 0;                    // runs that have ended
  int total = 0;                   // runs to be made
  std::string_view probe, target;  // of the run that lasts longest; empty: none
  std::optional<Phase> phase;      // that it is in
  Span since{};                    // how long it has been in it
};

// "[3/8] chat production: events 2.1 s", in at most `width` columns, without line end: whoever
// prints it returns the carriage and wipes the rest of the line.
std::string progress_line(const Progress& progress, int width);

}  // namespace sonde::report
