#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/report/style.hpp"
#include "probes/core/trace.hpp"

namespace sonde::report {

// A line of the waterfall: a phase, or an event as a point in the phase `events`.
struct Stretch {
  std::string label;
  int depth = 0;                    // number of enclosing phases
  Span offset{};                    // since the start of the run
  std::optional<Span> took;         // empty: a point in time
  std::optional<EventState> state;  // of an event
  bool happened = true;             // false: a missing event, which has no offset
};

// Phases in the order in which they were entered, nested in login, upgrade and refuse; events, by
// time, below the last phase `events`, or at the end if it was never reached.
std::vector<Stretch> stretches(const Trace& trace);

// The lines with bars, all on the scale of `took`, each at its offset.
std::string waterfall(const Trace& trace, Span took, const TextStyle& style);

// A bar of at most `columns` columns for [offset, offset + took) of `whole`, indented to its
// offset; empty if `columns` is 0. A point in time is one mark.
std::string bar(Span offset, std::optional<Span> took, Span whole, int columns, bool unicode);

}  // namespace sonde::report
