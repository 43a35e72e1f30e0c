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

// What an attempt leaves for the experiments that may follow it; each kind of probe has its own
// type. May contain secrets, and is destroyed with the run.
struct Evidence {
  virtual ~Evidence() = default;
};

// The refusal checks that failed, and why. An entry stays until the same check passes.
using StandingRefusals = std::map<std::string, Failure>;

// What an attempt needs to know about earlier ones; the caller keeps the state.
struct Attempt {
  int number = 1;              // 1 is the first; later ones are retries
  std::uint64_t seed = 0;      // for nonces and challenges; a new one each attempt
  bool check_refusals = true;  // perform the refusal checks in this attempt
  std::unique_ptr<Evidence>* evidence =
      nullptr;  // where a failing attempt stores it; null: not wanted
  // The refusal check whose turn it is, modulo the number of checks; empty: all of them.
  std::optional<std::uint32_t> refusal_turn = {};
  // Refusal checks that failed when last performed; null: not kept.
  StandingRefusals* standing = nullptr;
};

// The facts and limits for a diagnosis of a failed attempt.
struct DiagnosisRequest {
  const Attempt& attempt;       // the failed attempt, with its evidence
  Instant limit;                // of the diagnosis; not part of the measured time
  bool passed_lately = false;   // the same probe passed within the last minutes
  bool spare_refusals = false;  // make no experiment that the target counts as a failed login
  Span pause = std::chrono::seconds(2);  // wait before a request is repeated
};

// A check of a target that yields one verdict. Has no timer, retry, metric or log; it is const, and
// bound at construction to the state that the probes of one worker share.
class Probe {
 public:
  virtual ~Probe() = default;

  // Makes one attempt. Enters every phase in `trace`, which has to outlive the attempt. If the run
  // is cancelled (deadline or stop), every operation fails with Reason::cut at once, and the
  // attempt returns what it can still judge. Never throws because of what a peer does.
  virtual boost::asio::awaitable<Verdict> attempt(const Attempt& attempt, Trace& trace) const = 0;

  // Called after an attempt failed and was measured: makes control experiments that separate the
  // possible causes, and returns the verdict with the reason that remains. Records them in `trace`.
  // Cancelled like an attempt; then it returns what it knows. Most kinds have no experiments.
  virtual boost::asio::awaitable<Verdict> diagnose(const DiagnosisRequest& request, Verdict verdict,
                                                   Trace& trace) const;
};

}  // namespace sonde
