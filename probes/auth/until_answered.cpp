#include "probes/auth/until_answered.hpp"

namespace sonde::auth {
namespace {

// Hides what the run hides; the run absorbs what is recorded here.
Trace trace_beside(const Trace& trace) {
  Trace beside;
  beside.of_run(trace.run_id());
  beside.hide_too(trace);
  beside.at(trace.step());
  return beside;
}

}  // namespace

DetachedContext::DetachedContext(const Context& of, LoginGuard::Trial its_trial)
    : account(of.account),
      names(of.names),
      trace(trace_beside(of.trace)),
      trial(std::move(its_trial)),
      context{.network = of.network,
              .token_cache = of.token_cache,
              .account = account,
              .names = names,
              .trace = trace,
              .is_trial = of.is_trial,
              .redeems = of.redeems,
              .trial = &trial,
              .quiet_max = of.quiet_max,
              .said = of.said} {
  names.report_made({});
}

bool DetachedContext::is_sent() const {
  const auto phase = trace.phase();
  return phase == Phase::request || phase == Phase::first_byte || phase == Phase::body;
}

// Where the process stops, nobody is left to hear a refusal, and the service may count one all the
// same. While it goes on, silence for as long as `after_cut` is none.
void DetachedContext::end_unanswered() {
  if (awaited && context.token_cache.errands().is_finishing()) trial.count_unknown();
}

void DetachedContext::tell(Context& run, bool over) {
  const auto skew = trace.skew;
  const std::string peer = trace.peer();
  run.trace.absorb_open(over ? std::move(trace) : Trace(trace));
  if (skew) run.trace.skew = skew;
  if (!peer.empty()) run.trace.peer(peer);
  if (over) run.said = std::move(context.said);
}

}  // namespace sonde::auth
