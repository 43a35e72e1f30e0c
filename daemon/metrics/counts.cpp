#include "daemon/metrics/counts.hpp"

#include <algorithm>
#include <utility>

#include "daemon/metrics/metrics_page.hpp"
#include "probes/core/reason.hpp"

namespace sonde::metrics {
namespace {

// The row of `rows` for which `same` holds, or a new one.
template <class Row>
Row& row(std::vector<Row>& rows, const Row& fresh, auto same) {
  const auto known = std::ranges::find_if(rows, same);
  return known != rows.end() ? *known : rows.emplace_back(fresh);
}

PairCount& at(std::vector<PairCount>& counts, Step step, Reason reason) {
  const auto same = [&](const PairCount& one) { return one.step == step && one.reason == reason; };
  return row(counts, {step, reason}, same);
}

void count_pair(std::vector<PairCount>& counts, Step step, Reason reason, const Result& result,
                Instant now) {
  PairCount& pair = at(counts, step, reason);
  pair.count.add(1, now);
  pair.newest = Exemplar(result, 1);
}

SparseCount& at(std::vector<ReasonCount>& counts, Reason reason) {
  return row(counts, {reason}, [&](const ReasonCount& one) { return one.reason == reason; }).count;
}

SparseCount& at(std::vector<ConclusionCount>& counts, const Verdict& failed) {
  const auto same = [&](const ConclusionCount& one) {
    return one.step == failed.step && one.reason == failed.reason &&
           one.concluded == failed.concluded;
  };
  return row(counts, {failed.step, failed.reason, failed.concluded}, same).count;
}

Counts::Attempts& at(std::vector<Counts::Attempts>& attempts, Step step) {
  return row(attempts, {.step = step}, [&](const auto& one) { return one.step == step; });
}

EventCounts& at(std::vector<EventCounts>& events, const std::string& event) {
  return row(events, {.event = event}, [&](const auto& one) { return one.event == event; });
}

}  // namespace

std::size_t series_of(const Check& check) {
  constexpr std::size_t fixed = 10;  // two totals, six gauges, runs in flight, maintenance
  constexpr std::size_t histogram = std::size(latency_bounds) + 3;
  constexpr std::size_t request_phases = 5;  // resolve to first_byte, with a sum and a count each
  const auto has = [&](Step step) {
    return std::ranges::find(check.steps, step) != check.steps.end();
  };
  const std::size_t steps = has(Step::login) + has(Step::upgrade);
  const std::size_t chat = check.events.empty() ? 0 : 3 * histogram + 2 * check.events.size();
  const std::size_t own_phases = steps + has(Step::ready) + has(Step::events);
  return fixed + histogram + (has(Step::upgrade) ? histogram : 0) + chat + 2 * steps +
         2 * (request_phases + own_phases) + 1;
}

Counts::Counts(std::shared_ptr<const Check> first) { renew(std::move(first)); }

void Counts::renew(std::shared_ptr<const Check> now) {
  if (check && check->fingerprint != now->fingerprint) met_.renew();
  check = std::move(now);
  for (const std::string& event : check->events) at(events, event);
  for (Step step : check->steps)
    if (step == Step::login || step == Step::upgrade) at(auth_attempts, step);
}

void Counts::add(const Result& result, Instant now, bool excluded) {
  const Verdict& verdict = result.verdict;
  if (verdict.reason == Reason::suppressed) suppressed = unix_seconds(result.started);
  if (verdict.outcome == Outcome::skipped)
    at(skipped, verdict.reason).add(result.beats, now);
  else if (verdict.outcome == Outcome::inconclusive)
    add_inconclusive(result, now, excluded);
  else
    add_judged(result, now, excluded);
  met_.note(*result.trace, result.started, verdict.outcome == Outcome::pass, certificates);
}

void Counts::add_inconclusive(const Result& result, Instant now, bool excluded) {
  const Reason reason = result.verdict.reason;
  at(inconclusive, reason).add(1, now);
  if (excluded) return;
  inconclusive_reason = reason;
  if (reason == Reason::egress_down)
    inconclusive_since.reset();
  else if (!inconclusive_since)
    inconclusive_since = unix_seconds(result.started) + seconds(result.took);
}

void Counts::add_judged(const Result& result, Instant now, bool excluded) {
  inconclusive_since.reset();
  const bool passed = result.verdict.outcome == Outcome::pass;
  last_run = unix_seconds(result.started) + seconds(result.took);
  if (!excluded) success = passed;
  if (!excluded && passed) last_success = last_run;
  if (!excluded && passed) consecutive_failures = 0;
  if (passed && result.attempt > 1) flaky.add(1, now);
  if (result.attempt == 1) add_first(result, now, excluded);
}

void Counts::add_first(const Result& result, Instant now, bool excluded) {
  const Verdict& verdict = result.verdict;
  ++runs;
  if (verdict.outcome == Outcome::pass) {
    duration.observe(result.took, result);
  } else {
    if (!excluded) ++consecutive_failures;
    ++failed_runs;
    count_pair(failures, verdict.step, verdict.reason, result, now);
    if (verdict.concluded != Reason::ok) at(conclusions, verdict).add(1, now);
  }
  if (const auto took = time_to_ready(result)) ready.observe(*took, result);
  add_auth(result, now);
  add_times(result);
  add_events(*result.trace, now);
}

void Counts::count_unseen(const Verdict& failed, Instant now) {
  at(failures, failed.step, failed.reason).count.add(1, now);
  if (failed.concluded != Reason::ok) at(conclusions, failed).add(1, now);
}

void Counts::add_auth(const Result& result, Instant now) {
  for (const AuthSample& sample : auth_samples(result)) {
    Attempts& attempts = at(auth_attempts, sample.step);
    ++attempts.count;
    if (sample.succeeded) continue;
    ++attempts.failed;
    count_pair(auth_failures, sample.step, sample.reason, result, now);
  }
}

void Counts::add_times(const Result& run) {
  const Trace& trace = *run.trace;
  for (const PhaseSpan& span : trace.phases()) {
    if (!span.took || span.phase == Phase::diagnose) continue;
    PhaseSum& sum = phases.at(static_cast<std::size_t>(span.phase));
    ++sum.count;
    sum.seconds += seconds(*span.took);
  }
  if (trace.first_event) first_event.observe(*trace.first_event, run);
  if (trace.terminal_event) terminal_event.observe(*trace.terminal_event, run);
  if (trace.longest_silence) longest_silence.observe(*trace.longest_silence, run);
}

void Counts::add_events(const Trace& trace, Instant now) {
  for (const Trace::Delivery& delivery : trace.deliveries) {
    EventCounts& counts = at(events, delivery.event);
    counts.expected += delivery.expected;
    counts.delivered += delivery.delivered;
    counts.duplicated.add(delivery.duplicated, now);
    counts.late.add(delivery.late, now);
    counts.out_of_order.add(delivery.out_of_order, now);
    counts.foreign.add(delivery.foreign, now);
  }
}

}  // namespace sonde::metrics
