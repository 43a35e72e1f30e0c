#include "daemon/schedule/runner.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "daemon/schedule/diagnoses.hpp"
#include "daemon/schedule/egress.hpp"
#include "daemon/schedule/local_clock.hpp"
#include "daemon/system/thread.hpp"
#include "probes/core/deadline.hpp"
#include "probes/core/run_id.hpp"
#include "probes/diagnosis/diagnosis_request.hpp"
#include "probes/diagnosis/diagnosis_table.hpp"
#include "probes/diagnosis/observation.hpp"

namespace sonde::schedule {
namespace asio = boost::asio;
namespace {

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seeds{device(), device(), device(), device()};
  return std::mt19937_64(seeds);
}

bool refusals_due(const ScheduledCheck& entry, Instant now) {
  return !entry.refused || now - *entry.refused >= entry.check->refusals_every;
}

bool refusals_made(const Trace& trace) {
  return std::ranges::find(trace.phases(), Phase::refuse, &PhaseSpan::phase) !=
         trace.phases().end();
}

constexpr Span refusals_echo = std::chrono::seconds(30);

// Our own refusal checks may have opened a breaker of the target, or its answer names one.
bool spares_refusals(const ScheduledCheck& entry, const diagnosis::Observation& failure,
                     const Result& result) {
  const bool just_refused = entry.refused && result.begun - *entry.refused < refusals_echo;
  return just_refused || suspects_breaker(failure, result.verdict.detail);
}

std::string in_ms(Span span) { return std::to_string(span / std::chrono::milliseconds(1)) + " ms"; }

// The same failure under the reason with which its outage began.
Verdict counted_as(Verdict verdict, Reason begun) {
  if (verdict.reason == begun) return verdict;
  const Reason concluded = verdict.reason;
  verdict = Verdict::of(verdict.step, {begun, std::move(verdict.detail)});
  verdict.concluded = concluded;
  return verdict;
}

std::shared_ptr<Trace> trace_of(const Result& result) {
  auto trace = std::make_shared<Trace>(result.begun);
  trace->of_run(result.id);
  return trace;
}

// Attributes a failure to the prober, and keeps the original reason in the detail.
void blame(Verdict& verdict, Reason ours, std::string why) {
  why += "; else: " + std::string(name(verdict.reason)) + ", " + verdict.detail;
  verdict = Verdict::of(verdict.step, {ours, std::move(why)});
}

}  // namespace

// Registers a run as under way as long as its coroutine lives.
class Runner::UnderWay {
 public:
  explicit UnderWay(Runner& runner) : runner_(runner), id_(++runner.newest_run_) {
    runner_.under_way_.push_back(id_);
    tell();
  }
  ~UnderWay() {
    std::erase(runner_.under_way_, id_);
    tell();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  RunId id() const { return id_; }

 private:
  void tell() {
    const auto& all = runner_.under_way_;
    runner_.lag_.alone(all.size() == 1 ? all.front() : 0, Clock::now());
  }

  Runner& runner_;
  RunId id_;
};

Runner::Runner(asio::any_io_executor executor, Options options)
    : options_(std::move(options)),
      runs_(std::move(executor)),
      random_(seeded()),
      no_trace_(std::make_shared<const Trace>(Instant{}, 0)) {}

void Runner::start(const ScheduledCheckPtr& entry, Instant scheduled) {
  InFlightGuard flight(entry);
  runs_.spawn(run(std::move(flight), scheduled));
}

void Runner::run_apart(const ScheduledCheckPtr& entry, Instant limit,
                       std::function<void(ResultPtr)> done) {
  runs_.spawn(attempt_apart(entry, limit, std::move(done)));
}

void Runner::skip(const ScheduledCheckPtr& entry, Reason reason, std::uint32_t ticks) {
  Result result = blank(*entry);
  result.id.clear();
  result.trace = no_trace_;
  result.beats = ticks;
  const std::vector<Step>& steps = entry->check->steps;
  result.verdict = Verdict::of(steps.empty() ? Step::health : steps.front(), {reason, ""});
  options_.publish(std::make_shared<const Result>(std::move(result)));
}

asio::awaitable<void> Runner::run(InFlightGuard flight, Instant scheduled) {
  co_await asio::this_coro::throw_if_cancelled(false);
  bool more = true;
  for (int number = 1; more; ++number) {
    Result result = blank(flight.entry());
    result.attempt = number;
    if (number == 1) result.lateness = result.begun - scheduled;
    co_await attempt(flight.entry(), result);
    if (runs_.stopping() || row(result.verdict.reason).unpublished) break;
    more = tries_again(result);
    options_.publish(std::make_shared<const Result>(std::move(result)));
  }
}

asio::awaitable<void> Runner::attempt_apart(ScheduledCheckPtr entry, Instant limit,
                                            std::function<void(ResultPtr)> done) {
  co_await asio::this_coro::throw_if_cancelled(false);
  Result result = blank(*entry);
  const Attempt wanted{
      .number = 1, .seed = random_(), .check_refusals = false, .standing = entry->standing.get()};
  auto trace = trace_of(result);
  const UnderWay under_way(*this);
  auto asking = entry->probe->attempt(wanted, *trace);
  const Instant own_limit = result.begun + entry->check->timeout;
  result.verdict = co_await within(std::min(limit, own_limit), std::move(asking), *trace);
  const Instant ended = Clock::now();
  trace->finish(ended);
  result.took = ended - result.begun;
  blame_lag(result, under_way.id(), ended);
  if (limit < own_limit && ended >= limit && row(result.verdict.reason).slow)
    result.verdict.detail +=
        "; cut " + in_ms(own_limit - limit) +
        " before the probe's own timeout, because whoever asked waits no longer";
  const bool cut = runs_.stopping() || row(result.verdict.reason).unpublished;
  conclude(result, std::move(trace));
  done(cut ? nullptr : std::make_shared<const Result>(std::move(result)));
}

asio::awaitable<void> Runner::attempt(ScheduledCheck& entry, Result& result) {
  const std::optional<Instant> refused_before = entry.refused;
  std::unique_ptr<Evidence> evidence;
  const Attempt wanted{result.attempt, random_(),          refusals_due(entry, result.begun),
                       &evidence,      entry.refusal_turn, entry.standing.get()};
  // An overlapping run shall not check the refusals as well.
  if (wanted.check_refusals) entry.refused = result.begun;
  auto trace = trace_of(result);
  const UnderWay under_way(*this);
  auto asking = entry.probe->attempt(wanted, *trace);
  const Instant limit = result.begun + entry.check->timeout;
  result.verdict = co_await within(limit, std::move(asking), *trace);
  const Instant ended = Clock::now();
  trace->finish(ended);
  if (wanted.check_refusals && !refusals_made(*trace)) entry.refused = refused_before;
  if (wanted.check_refusals && refusals_made(*trace) && entry.refusal_turn) ++*entry.refusal_turn;
  result.took = ended - result.begun;
  blame_lag(result, under_way.id(), ended);
  if (options_.egress && options_.egress->on() && row(result.verdict.reason).unanswered) {
    auto blaming = blame_egress(result, *trace);
    co_await std::move(blaming);
  }
  if (options_.clock && result.verdict.reason == Reason::tls_expired) {
    auto blaming = blame_clock(result, *trace);
    co_await std::move(blaming);
  }
  if (result.verdict.outcome == Outcome::pass) entry.diagnoses.passed(ended);
  if (result.verdict.outcome == Outcome::fail) {
    auto explaining = explain(entry, wanted, result, *trace);
    co_await std::move(explaining);
    result.conclusions =
        entry.diagnoses.text() + text_of(*entry.standing, entry.check->refusal_fingerprint);
  }
  conclude(result, std::move(trace));
}

// Diagnoses a failure that was not seen since the last passed run, after its time was measured. An
// outage whose first runs were published without a conclusion keeps their reason.
asio::awaitable<void> Runner::explain(ScheduledCheck& entry, const Attempt& attempt, Result& result,
                                      Trace& trace) {
  Verdict& verdict = result.verdict;
  if (entry.check->diagnose.off || diagnosis::rules_for(verdict.step, verdict.reason).empty())
    co_return;
  const diagnosis::Observation failure = diagnosis::observe(verdict, trace);
  if (const Conclusion* known = entry.diagnoses.known(failure)) {
    verdict = diagnosis::explained(std::move(verdict), known->reason, known->because);
  } else {
    auto looking = look_into(entry, attempt, failure, result, trace);
    co_await std::move(looking);
  }
  if (row(verdict.reason).unpublished) co_return;
  const Reason begun = entry.diagnoses.counted_as(failure, verdict.reason);
  verdict = counted_as(std::move(verdict), begun);
}

asio::awaitable<void> Runner::look_into(ScheduledCheck& entry, const Attempt& attempt,
                                        const diagnosis::Observation& failure, Result& result,
                                        Trace& trace) {
  const Instant now = Clock::now();
  const Diagnose& bounds = entry.check->diagnose;
  Verdict& verdict = result.verdict;
  if (!entry.diagnoses.begin(bounds.max_per_hour, now)) co_return;
  const DiagnosisRequest inquiry{.attempt = attempt,
                                 .limit = now + bounds.timeout,
                                 .passed_lately = entry.diagnoses.passed_lately(now),
                                 .spare_refusals = spares_refusals(entry, failure, result)};
  auto asking = entry.probe->diagnose(inquiry, verdict, trace);
  Verdict concluded = co_await within(inquiry.limit, std::move(asking), trace);
  // If the diagnosis itself fails, the original failure is kept.
  if (concluded.outcome == Outcome::fail || row(concluded.reason).unpublished)
    verdict = std::move(concluded);
  // Experiments that were left out are made another time.
  const bool final = !inquiry.spare_refusals && !row(verdict.reason).unpublished;
  const Conclusion conclusion{verdict.reason, trace.separated};
  entry.diagnoses.end(failure, final ? std::optional(conclusion) : std::nullopt,
                      !trace.experiments().empty());
}

// Like the experiments, runs after the time was measured.
asio::awaitable<void> Runner::blame_egress(Result& result, const Trace& trace) {
  const Instant began = trace.phases().empty() ? result.begun : trace.phases().back().entered;
  auto asking = options_.egress->blame(began, result.begun + result.took);
  std::string why = co_await std::move(asking);
  if (!why.empty()) blame(result.verdict, Reason::egress_down, std::move(why));
}

// Runs after the time was measured.
asio::awaitable<void> Runner::blame_clock(Result& result, const Trace& trace) {
  auto asking = options_.clock->blame(trace);
  std::string why = co_await std::move(asking);
  if (!why.empty()) blame(result.verdict, Reason::own_clock, std::move(why));
}

void Runner::blame_lag(Result& result, RunId run, Instant ended) const {
  Verdict& verdict = result.verdict;
  if (verdict.outcome != Outcome::fail || !row(verdict.reason).slow) return;
  const Span worst = lag_.worst(result.begun, ended, system::thread_cpu_time(), run);
  if (worst <= lag_allowed(result.check->timeout)) return;
  blame(verdict, Reason::own_lag, "the prober's own loop stood still for " + in_ms(worst));
}

Result Runner::blank(const ScheduledCheck& entry) const {
  Result result;
  result.check = entry.check;
  result.worker = options_.worker;
  result.started = std::chrono::system_clock::now();
  result.begun = Clock::now();
  result.id = make_run_id(result.started);
  return result;
}

bool tries_again(const Result& result) {
  return result.verdict.outcome == Outcome::fail && row(result.verdict.reason).heals &&
         result.attempt <= result.check->retries;
}

}  // namespace sonde::schedule
