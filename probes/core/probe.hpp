#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "probes/core/trace.hpp"
#include "probes/core/verdict.hpp"

namespace sonde {

// What an attempt leaves for the experiments that may follow it: of each kind of probe its own.
// It may hold secrets, and lives no longer than the run.
struct Evidence {
  virtual ~Evidence() = default;
};

// The refusal checks that failed, and what was wrong. Each stands until the same check passes.
using StandingRefusals = std::map<std::string, Failure>;

// What an attempt has to know of those before it; its owner keeps the state.
struct Attempt {
  int number = 1;              // 1 is the first; later ones are retries
  std::uint64_t seed = 0;      // for nonces and challenges; a new one each attempt
  bool check_refusals = true;  // run the refusal checks this time
  std::unique_ptr<Evidence>* evidence =
      nullptr;  // where a failing attempt leaves it; null: nobody asks
  // The one refusal check whose turn it is, modulo their number; empty: all of them.
  std::optional<std::uint32_t> refusal_turn = {};
  // What is wrong with the refusals, as of the last time that each was checked; null: nobody keeps
  // it.
  StandingRefusals* standing = nullptr;
};

// What somebody who asks why an attempt failed knows and allows.
struct DiagnosisRequest {
  const Attempt& attempt;       // the one that failed, with its evidence
  Instant limit;                // of the inquiry; no part of the measured time
  bool passed_lately = false;   // the same probe passed within the last minutes
  bool spare_refusals = false;  // make no experiment that the target counts as a failed login
  Span pause = std::chrono::seconds(2);  // before the same is asked again
};

// One question with one answer. It holds no timer, retry, metric or log; it is const, and bound
// to what the probes of one worker share when it is made.
class Probe {
 public:
  virtual ~Probe() = default;

  // Asks once. Enters every phase in `trace`, which outlives the attempt. When the run is cut
  // (deadline or stop), every operation fails with Reason::cut at once, and the attempt
  // returns what it can still say. Never throws for anything that a peer does.
  virtual boost::asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const = 0;

  // After an attempt that failed and was measured: makes control experiments that separate its
  // causes, and says the verdict again with the reason that they leave. Records them in `trace`.
  // Cut like an attempt; then it says what it can. Most kinds know none.
  virtual boost::asio::awaitable<Verdict> diagnose(const DiagnosisRequest& inquiry, Verdict verdict,
                                                   Trace& trace) const;
};

}  // namespace sonde
