#include "daemon/store/transcript.hpp"

#include "daemon/core/result_json.hpp"

namespace sonde::store {

bool leaves_evidence(const Result& result) {
  const Outcome outcome = result.verdict.outcome;
  return outcome == Outcome::fail || outcome == Outcome::inconclusive;
}

bool has_trace(const Result& result) { return !result.trace->phases().empty(); }

bool proves_cause(const Result& result) {
  return !result.trace->experiments().empty() && !result.trace->separated.empty();
}

std::string transcript_of(const Result& result) {
  std::string line = as_json(result);
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

ResultPtr without_trace(const Result& result) {
  static const auto nothing = std::make_shared<const Trace>(Instant{}, 0);
  auto copy = std::make_shared<Result>(result);
  copy->trace = nothing;
  return copy;
}

}  // namespace sonde::store
