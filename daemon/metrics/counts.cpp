#include "daemon/metrics/counts.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "daemon/metrics/metrics_page.hpp"
#include "probes/core/reason.hpp"

namespace sonde::metrics {
namespace {

std::uint64_t& at(std::vector<PairCount>& counts, Step step, Reason reason) {
  auto known = std::ranges::find_if(counts, [step, reason](const PairCount& pair) {
    return pair.step == step && pair.reason == reason;
  });
  if (known != counts.end()) return known->count;
  return counts.emplace_back(step, reason).count;
}

std::uint64_t& at(std::vector<ReasonCount>& counts, Reason reason) {
  auto known = std::ranges::find(counts, reason, &ReasonCount::reason);
  if (known != counts.end()) return known->count;
  return counts.emplace_back(reason).count;
}

std::uint64_t& at(std::vector<ConclusionCount>& counts, const Verdict& failed) {
  auto known = std::ranges::find_if(counts, [&failed](const ConclusionCount& one) {
    return one.step == failed.step && one.reason == failed.reason &&
           one.concluded == failed.concluded;
  });
  if (known != counts.end()) return known->count;
  return counts.emplace_back(failed.step, failed.reason, failed.concluded).count;
}

std::uint64_t& at(std::vector<Counts::Attempts>& attempts, Step step) {
  auto known = std::ranges::find(attempts, step, &Counts::Attempts::step);
  if (known != attempts.end()) return known->count;
  return attempts.emplace_back(step).count;
}

EventCounts& at(std::vector<EventCounts>& events, const std::string& event) {
  auto known = std::ranges::find(events, event, &EventCounts::event);
  if (known != events.end()) return *known;
  return events.emplace_back(event);
}

void expect_pairs(std::vector<PairCount>& counts, Step label, std::span<const Step> steps) {
  for (const Pair& pair : pairs_of(steps)) at(counts, label, pair.reason);
}

}  // namespace

Counts::Counts(std::shared_ptr<const Check> first) { renew(std::move(first)); }

void Counts::renew(std::shared_ptr<const Check> now) {
  if (check && check->fingerprint != now->fingerprint) met_.renew();
  check = std::move(now);
  for (const Pair& pair : pairs_of(check->steps)) at(failures, pair.step, pair.reason);
  for (Reason reason : inconclusive_reasons()) at(inconclusive, reason);
  for (Reason reason : skipped_reasons()) at(skipped, reason);
  for (const std::string& event : check->events) at(events, event);
  // An upgrade succeeds when the connection is ready, so it can fail at both steps.
  constexpr Step login[] = {Step::login}, upgrade[] = {Step::upgrade, Step::ready};
  for (Step step : check->steps) {
    if (step != Step::login && step != Step::upgrade) continue;
    at(auth_attempts, step);
    if (step == Step::login)
      expect_pairs(auth_failures, step, login);
    else
      expect_pairs(auth_failures, step, upgrade);
  }
  // There are hundreds for a check, and new ones are rare.
  failures.shrink_to_fit();
  auth_failures.shrink_to_fit();
}

void Counts::add(const Result& result, bool excluded) {
  const Verdict& verdict = result.verdict;
  if (verdict.reason == Reason::suppressed) suppressed = unix_seconds(result.started);
  if (verdict.outcome == Outcome::skipped)
    at(skipped, verdict.reason) += result.beats;
  else if (verdict.outcome == Outcome::inconclusive)
    add_inconclusive(result, excluded);
  else
    add_judged(result, excluded);
  met_.note(*result.trace, result.started, verdict.outcome == Outcome::pass, certificates);
}

void Counts::add_inconclusive(const Result& result, bool excluded) {
  const Reason reason = result.verdict.reason;
  ++at(inconclusive, reason);
  if (excluded) return;
  inconclusive_reason = reason;
  if (reason == Reason::egress_down)
    inconclusive_since.reset();
  else if (!inconclusive_since)
    inconclusive_since = unix_seconds(result.started) + seconds(result.took);
}

void Counts::add_judged(const Result& result, bool excluded) {
  inconclusive_since.reset();
  const bool passed = result.verdict.outcome == Outcome::pass;
  last_run = unix_seconds(result.started) + seconds(result.took);
  if (!excluded) success = passed;
  if (!excluded && passed) last_success = last_run;
  if (!excluded && passed) consecutive_failures = 0;
  if (passed && result.attempt > 1) ++flaky;
  if (result.attempt == 1) add_first(result, excluded);
}

void Counts::add_first(const Result& result, bool excluded) {
  const Verdict& verdict = result.verdict;
  ++runs;
  if (verdict.outcome == Outcome::pass) {
    duration.observe(result.took);
  } else {
    if (!excluded) ++consecutive_failures;
    ++at(failures, verdict.step, verdict.reason);
    if (verdict.concluded != Reason::ok) ++at(conclusions, verdict);
  }
  if (const auto took = time_to_ready(result)) ready.observe(*took);
  add_auth(result);
  add_times(*result.trace);
  add_events(*result.trace);
}

void Counts::add_auth(const Result& result) {
  for (const AuthSample& sample : auth_samples(result)) {
    ++at(auth_attempts, sample.step);
    if (!sample.succeeded) ++at(auth_failures, sample.step, sample.reason);
  }
}

void Counts::add_times(const Trace& trace) {
  for (const PhaseSpan& span : trace.phases()) {
    if (!span.took || span.phase == Phase::diagnose) continue;
    PhaseSum& sum = phases.at(static_cast<std::size_t>(span.phase));
    ++sum.count;
    sum.seconds += seconds(*span.took);
  }
  if (trace.first_event) first_event.observe(*trace.first_event);
  if (trace.terminal_event) terminal_event.observe(*trace.terminal_event);
  if (trace.longest_silence) longest_silence.observe(*trace.longest_silence);
}

void Counts::add_events(const Trace& trace) {
  for (const Trace::Delivery& delivery : trace.deliveries) {
    EventCounts& counts = at(events, delivery.event);
    counts.expected += delivery.expected;
    counts.delivered += delivery.delivered;
    counts.duplicated += delivery.duplicated;
    counts.late += delivery.late;
    counts.out_of_order += delivery.out_of_order;
    counts.foreign += delivery.foreign;
  }
}

}  // namespace sonde::metrics
