#include "daemon/core/result.hpp"

#include <algorithm>
#include <utility>

namespace sonde {
namespace {

bool judges_auth(const Result& result) {
  if (result.attempt != 1) return false;
  return result.verdict.outcome == Outcome::pass || result.verdict.outcome == Outcome::fail;
}

AuthSample sample(const Trace::AuthNote& note, const Verdict& verdict) {
  // A passed run got its connection, whatever it recorded on the way.
  if (note.succeeded || verdict.outcome == Outcome::pass) return {note.step, true, Reason::ok};
  return {note.step, false, verdict.reason};
}

std::optional<Span> end_of(Phase phase, const Trace& trace) {
  auto span = std::ranges::find(trace.phases(), phase, &PhaseSpan::phase);
  if (span == trace.phases().end() || !span->took) return std::nullopt;
  return span->entered + *span->took - trace.started();
}

}  // namespace

void conclude(Result& result, std::shared_ptr<Trace> trace) {
  trace->redact(result.verdict.detail);
  result.trace = std::move(trace);
}

std::vector<AuthSample> auth_samples(const Result& result) {
  std::vector<AuthSample> samples;
  if (!judges_auth(result)) return samples;
  for (const Trace::AuthNote& note : result.trace->auth()) {
    bool known = std::ranges::find(samples, note.step, &AuthSample::step) != samples.end();
    if (!known) samples.push_back(sample(note, result.verdict));
  }
  return samples;
}

std::optional<Span> time_to_ready(const Result& result) {
  if (result.verdict.outcome != Outcome::pass) return std::nullopt;
  const auto ready = end_of(Phase::ready, *result.trace);
  return ready ? ready : end_of(Phase::upgrade, *result.trace);
}

PhaseTimes phase_times(const Trace& trace) {
  PhaseTimes times;
  times.reserve(trace.phases().size());
  for (const PhaseSpan& span : trace.phases()) {
    if (span.phase == Phase::diagnose) continue;
    auto same = std::ranges::find(times, span.phase, &PhaseTimes::value_type::first);
    if (same == times.end()) same = times.insert(times.end(), {span.phase, Span::zero()});
    same->second += span.took.value_or(Span::zero());
  }
  return times;
}

}  // namespace sonde
