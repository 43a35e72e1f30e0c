#include "daemon/judge/standing.hpp"

#include "daemon/judge/wall.hpp"

namespace sonde {
namespace {

constexpr std::size_t certificates_max = 16, detail_bytes_max = 512;

void note_certificates(Standing& standing, const Trace& trace) {
  auto& known = standing.certificates;
  for (const TlsFacts& facts : trace.tls_facts())
    if (facts.not_after != 0 &&
        (known.size() < certificates_max || known.contains(facts.host_port)))
      known[facts.host_port] = facts.not_after;
}

// In the daemon one check is made at a time, so each keeps what came of it last. Their names are a
// closed list.
void note_refusals(Standing& standing, const Trace& trace) {
  for (const RefusalNote& note : trace.refusals) {
    standing.not_performed.erase(note.check);
    if (note.state == RefusalNote::State::not_performed)
      standing.not_performed[note.check] = start_of(note.why, detail_bytes_max);
  }
}

void pass(Standing& standing, WallTime at, bool first) {
  standing.last_success = at;
  standing.consecutive_failures = 0;
  standing.failing_since.reset();
  standing.failing.reset();
  if (first) ++standing.consecutive_passes;
}

void fail(Standing& standing, const Verdict& verdict, WallTime at) {
  standing.consecutive_passes = 0;
  ++standing.consecutive_failures;
  if (!standing.failing_since) standing.failing_since = at;
  const bool same = standing.failing && standing.failing->step == verdict.step &&
                    standing.failing->reason == verdict.reason;
  if (!same) standing.failing = FailureGroup{verdict.step, verdict.reason, 0, at, at, ""};
  ++standing.failing->count;
  standing.failing->last = at;
  standing.failing->detail = start_of(verdict.detail, detail_bytes_max);
}

}  // namespace

void follow(Standing& standing, const Result& result) {
  const Outcome outcome = result.verdict.outcome;
  const WallTime at = end_of(result);
  const bool first = result.attempt == 1;
  standing.newest = outcome;
  note_certificates(standing, *result.trace);
  note_refusals(standing, *result.trace);
  if (outcome == Outcome::skipped) return;
  standing.last_run = at;
  if (outcome == Outcome::inconclusive) return;
  if (first) standing.last = outcome;
  if (outcome == Outcome::pass)
    pass(standing, at, first);
  else if (first)
    fail(standing, result.verdict, at);
}

}  // namespace sonde
