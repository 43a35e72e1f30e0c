#include "daemon/store/recorder.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "daemon/store/passed_runs.hpp"
#include "daemon/store/rate_limiter.hpp"
#include "daemon/store/transcript.hpp"

namespace sonde::store {
namespace asio = boost::asio;

namespace {

// Calls `done` once: when the disk answers, or on the timeout.
Recorder::Kept at_the_latest(const asio::any_io_executor& main, Span patience,
                             Recorder::Kept done) {
  auto timer = std::make_shared<asio::steady_timer>(main, patience);
  auto waiting = std::make_shared<Recorder::Kept>(std::move(done));
  auto answer = [waiting](bool kept) {
    if (auto told = std::exchange(*waiting, nullptr)) told(kept);
  };
  timer->async_wait([answer, timer](boost::system::error_code error) {
    if (!error) answer(false);
  });
  return [answer, timer](bool kept) {
    timer->cancel();
    answer(kept);
  };
}

// How each check ended last: a new cause is recorded whatever the limit of the old one says.
class Causes {
 public:
  // Whether the result ended otherwise than the one before it of its check.
  bool changes(const Result& result) {
    const Verdict& verdict = result.verdict;
    if (verdict.outcome == Outcome::skipped) return false;
    if (last_.size() >= checks_max) last_.clear();  // then some are recorded that need not be
    const std::tuple cause(verdict.outcome, verdict.step, verdict.reason);
    const auto [known, is_new] = last_.try_emplace(key_of(*result.check), cause);
    return is_new || std::exchange(known->second, cause) != cause;
  }

 private:
  static constexpr std::size_t checks_max = 100'000;
  std::unordered_map<std::string, std::tuple<Outcome, Step, Reason>> last_;
};

}  // namespace

class Recorder::Batch : public std::enable_shared_from_this<Batch> {
 public:
  Batch(asio::any_io_executor main, Options options)
      : main_(main), timer_(main), options_(std::move(options)), passed_(options_.passed_every) {}

  void add(const ResultPtr& result);
  void soon();
  void flush(Kept done);
  void end() { timer_.cancel(); }
  void finish() { std::ranges::move(passed_.take_held(), std::back_inserter(wanted_)); }
  Kept patient(Kept done) const { return at_the_latest(main_, options_.patience, std::move(done)); }

 private:
  bool wants_trace(const Result& result);

  asio::any_io_executor main_;
  asio::steady_timer timer_;
  Options options_;
  RateLimiter limiter_;  // of failures
  Causes causes_;
  PassedRuns passed_;
  std::vector<KeptResult> results_;
  std::vector<PassedRun> wanted_;
  bool armed_ = false;
};

bool Recorder::Batch::wants_trace(const Result& result) {
  const bool changed = causes_.changes(result);
  if (!leaves_evidence(result) || !options_.takes_traces()) return false;
  return limiter_.take(key_of(*result.check), Clock::now(), changed) || proves_cause(result);
}

void Recorder::Batch::add(const ResultPtr& result) {
  std::vector<PassedRun> wanted;
  passed_.add(result, Clock::now(), wanted);
  if (options_.takes_traces()) std::ranges::move(wanted, std::back_inserter(wanted_));
  KeptResult& kept = results_.emplace_back(wants_trace(*result) ? result : without_trace(*result),
                                           options_.excluded && options_.excluded(*result));
  kept.phases = phase_times(*result->trace);
  if (results_.size() >= options_.results_max)
    flush({});
  else
    soon();
}

void Recorder::Batch::soon() {
  if (std::exchange(armed_, true)) return;
  timer_.expires_after(options_.interval);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto batch = weak.lock(); !error && batch) batch->flush({});
  });
}

void Recorder::Batch::flush(Kept done) {
  armed_ = false;
  timer_.cancel();
  Changes changes{.results = std::exchange(results_, {}),
                  .buckets = {},
                  .notes = {},
                  .passed = std::exchange(wanted_, {})};
  options_.gather(changes);
  if (!changes.empty() || done) options_.write(std::move(changes), std::move(done));
}

Recorder::Recorder(asio::any_io_executor main, Options options)
    : batch_(std::make_shared<Batch>(std::move(main), std::move(options))) {}

Recorder::~Recorder() { batch_->end(); }

void Recorder::accept(const ResultPtr& result) { batch_->add(result); }

void Recorder::finish() { batch_->finish(); }

void Recorder::changed() { batch_->soon(); }

void Recorder::flush_now(Kept done) { batch_->flush(batch_->patient(std::move(done))); }

}  // namespace sonde::store
