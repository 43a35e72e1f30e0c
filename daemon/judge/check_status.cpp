#include "daemon/judge/check_status.hpp"

#include "daemon/judge/wall_clock.hpp"

namespace sonde::judge {
namespace {

constexpr std::size_t detail_bytes_max = 512;

// In the daemon one check is made at a time, so each keeps what came of it last. Their names are a
// closed list.
void note_refusals(CheckStatus& standing, const Trace& trace) {
  for (const RefusalNote& note : trace.refusals) {
    standing.not_performed.erase(note.check);
    if (note.state == RefusalNote::State::not_performed)
      standing.not_performed[note.check] = start_of(note.why, detail_bytes_max);
  }
}

void pass(CheckStatus& standing, WallTime at, bool first) {
  standing.last_success = at;
  standing.consecutive_failures = 0;
  standing.left_out = 0;
  standing.failing_since.reset();
  standing.failing.reset();
  if (!standing.passing_since) standing.passing_since = at;
  if (first) ++standing.consecutive_passes;
}

void fail(CheckStatus& standing, const Verdict& verdict, WallTime at) {
  standing.consecutive_passes = 0;
  standing.passing_since.reset();
  ++standing.consecutive_failures;
  if (!standing.failing_since) standing.failing_since = at;
  const bool same = standing.failing && standing.failing->step == verdict.step &&
                    standing.failing->reason == verdict.reason;
  if (!same)
    standing.failing = FailureGroup{
        .step = verdict.step, .reason = verdict.reason, .first = at, .last = at, .detail = ""};
  ++standing.failing->count;
  standing.failing->last = at;
  standing.failing->detail = start_of(verdict.detail, detail_bytes_max);
  standing.failing->concluded = verdict.concluded;
}

void say_nothing(CheckStatus& standing, const Verdict& verdict, WallTime at) {
  if (verdict.reason == Reason::egress_down) return standing.inconclusive.reset();
  if (!standing.inconclusive) standing.inconclusive.emplace().first = at;
  FailureGroup& group = *standing.inconclusive;
  group.step = verdict.step;
  group.reason = verdict.reason;
  ++group.count;
  group.last = at;
  group.detail = start_of(verdict.detail, detail_bytes_max);
}

// Of a run within a maintenance it is known only that it was made.
void follow_excluded(CheckStatus& standing, Outcome outcome) {
  if (outcome != Outcome::inconclusive) standing.inconclusive.reset();
  if (standing.failing_since) ++standing.left_out;
}

}  // namespace

void follow(CheckStatus& standing, const Result& result, bool excluded) {
  const Outcome outcome = result.verdict.outcome;
  const WallTime at = end_of(result);
  const bool first = result.attempt == 1;
  standing.newest = outcome;
  standing.met.note(*result.trace, result.started, outcome == Outcome::pass, standing.certificates);
  note_refusals(standing, *result.trace);
  if (result.verdict.reason == Reason::suppressed) standing.suppressed = at;
  if (outcome == Outcome::skipped) return;
  standing.last_run = at;
  standing.certificates_known = true;
  if (excluded) return follow_excluded(standing, outcome);
  if (outcome == Outcome::inconclusive) return say_nothing(standing, result.verdict, at);
  standing.inconclusive.reset();
  if (first) standing.last = outcome;
  if (outcome == Outcome::pass)
    pass(standing, at, first);
  else if (first)
    fail(standing, result.verdict, at);
}

}  // namespace sonde::judge
