#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/result.hpp"
#include "daemon/core/view.hpp"

namespace sonde {

// The recorded runs, as the page, the API and the commands read them from the store.

// One attempt as the store lists it.
struct RunRow {
  std::int64_t row = 0;  // grows with each recorded attempt, never reused; the cursor of pages
  // Names the run everywhere (page, log, alert, X-Sonde-Run and the trace-id of traceparent): 32
  // lowercase hex digits; empty: recorded by a version that gave none.
  std::string id;
  std::string check;  // key_of
  WallTime ended;
  Span took{};
  int attempt = 1;
  Verdict verdict;        // `detail` only of a run that did not pass
  bool excluded = false;  // it began within a maintenance, and counts nowhere
  bool recorded = false;  // its transcript is stored
  PhaseTimes phases;      // may be empty
};

// Selects attempts, newest first. Every field that is set narrows the selection.
struct RunQuery {
  std::string check;                   // key_of; empty: of all checks
  std::vector<std::string> also = {};  // further checks, if `check` is not empty; 64 at most
  std::optional<Outcome> outcome;      // empty: all but skipped ticks, which were no runs
  std::optional<Step> step;
  std::optional<Reason> reason;          // as counted, or as concluded
  std::optional<WallTime> since, until;  // of the end of the run: [since, until)
  bool recorded = false;                 // only those with a transcript
  std::int64_t before = 0;               // only rows below this one; 0: start at the newest
  std::size_t limit = 50;                // 20,000 at most
};

// The transcript of one run.
struct RunTranscript {
  RunRow run;
  std::string json;    // one JSON object, as printed by `sonde run --output=json`; empty: not kept
  std::string passed;  // id of the newest recorded passed run of the check before it; empty: none
};

}  // namespace sonde
