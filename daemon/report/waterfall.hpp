#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/report/style.hpp"
#include "probes/core/trace.hpp"

namespace sonde::report {

// A line of the waterfall: a phase, or an event as a moment of the phase `events`.
struct Stretch {
  std::string label;
  int depth = 0;                    // how many phases enclose it
  Span offset{};                    // from the start of the run
  std::optional<Span> took;         // none: a moment
  std::optional<EventState> state;  // of an event
  bool happened = true;             // false: an event that never came, which has no offset
};

// Phases in the order in which they were entered, those within login, upgrade and refuse below
// them; events, by time, below the last phase `events`, or at the end if it was never reached.
std::vector<Stretch> stretches(const Trace& trace);

// The stretches of a run as lines with bars, all on the scale of `took`, each at its offset.
std::string waterfall(const Trace& trace, Span took, const TextStyle& style);

// A bar of at most `columns` columns for [offset, offset + took) of `whole`, indented to its
// offset; nothing for no columns. A moment is one mark.
std::string bar(Span offset, std::optional<Span> took, Span whole, int columns, bool unicode);

}  // namespace sonde::report
