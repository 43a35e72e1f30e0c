#include "daemon/schedule/runner.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "daemon/schedule/heal.hpp"
#include "probes/deadline.hpp"

namespace sonde {
namespace asio = boost::asio;
namespace {

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seeds{device(), device(), device(), device()};
  return std::mt19937_64(seeds);
}

bool was_cut(const Verdict& verdict) {
  return verdict.reason == Reason::shutdown || verdict.reason == Reason::reload ||
         verdict.reason == Reason::cut;
}

bool refusals_due(const Station& station, Instant now) {
  return !station.refused || now - *station.refused >= station.check->refusals_every;
}

bool refusals_made(const Trace& trace) {
  return std::ranges::find(trace.phases(), Phase::refuse, &PhaseSpan::phase) !=
         trace.phases().end();
}

std::string in_ms(Span span) { return std::to_string(span / std::chrono::milliseconds(1)) + " ms"; }

}  // namespace

Runner::Runner(asio::any_io_executor executor, Options options)
    : options_(std::move(options)),
      runs_(std::move(executor)),
      random_(seeded()),
      no_trace_(std::make_shared<const Trace>(Instant{}, 0)) {}

void Runner::start(const StationPtr& station, Instant scheduled) {
  Flight flight(station);
  runs_.spawn(run(std::move(flight), scheduled));
}

void Runner::skip(const StationPtr& station, Reason reason, std::uint32_t beats) {
  Result result = blank(*station);
  result.trace = no_trace_;
  result.beats = beats;
  const std::vector<Step>& steps = station->check->steps;
  result.verdict = Verdict::of(steps.empty() ? Step::health : steps.front(), {reason, ""});
  options_.publish(std::make_shared<const Result>(std::move(result)));
}

asio::awaitable<void> Runner::run(Flight flight, Instant scheduled) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const Instant began = Clock::now();
  bool more = true;
  for (int number = 1; more; ++number) {
    Result result = blank(flight.station());
    result.attempt = number;
    if (number == 1) result.lateness = began - scheduled;
    co_await attempt(flight.station(), result);
    if (runs_.stopping() || was_cut(result.verdict)) break;
    more = tries_again(result);
    options_.publish(std::make_shared<const Result>(std::move(result)));
  }
}

asio::awaitable<void> Runner::attempt(Station& station, Result& result) {
  const std::optional<Instant> refused_before = station.refused;
  const Attempt wanted{result.attempt, random_(), refusals_due(station, result.begun)};
  // An overlapping run shall not check the refusals as well.
  if (wanted.check_refusals) station.refused = result.begun;
  auto trace = std::make_shared<Trace>(result.begun);
  auto asking = station.probe->attempt(wanted, *trace);
  const Instant limit = result.begun + station.check->timeout;
  result.verdict = co_await within(limit, std::move(asking), *trace);
  const Instant ended = Clock::now();
  trace->finish(ended);
  if (wanted.check_refusals && !refusals_made(*trace)) station.refused = refused_before;
  result.took = ended - result.begun;
  result.trace = std::move(trace);
  blame_lag(result, ended);
}

void Runner::blame_lag(Result& result, Instant ended) const {
  Verdict& verdict = result.verdict;
  if (verdict.outcome != Outcome::fail || !took_too_long(verdict.reason)) return;
  const Span worst = lag_.worst(result.begun, ended);
  if (worst <= lag_allowed(result.check->timeout)) return;
  std::string detail = "the prober's own loop stood still for " + in_ms(worst) +
                       "; else: " + std::string(name(verdict.reason)) + ", " + verdict.detail;
  verdict = Verdict::of(verdict.step, {Reason::own_lag, std::move(detail)});
}

Result Runner::blank(const Station& station) const {
  Result result;
  result.check = station.check;
  result.worker = options_.worker;
  result.started = std::chrono::system_clock::now();
  result.begun = Clock::now();
  return result;
}

bool tries_again(const Result& result) {
  return result.verdict.outcome == Outcome::fail && can_heal(result.verdict.reason) &&
         result.attempt <= result.check->retries;
}

}  // namespace sonde
