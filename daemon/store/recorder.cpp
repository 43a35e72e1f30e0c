#include "daemon/store/recorder.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "daemon/store/transcript.hpp"

namespace sonde::store {
namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

struct Rate {
  Span each;
  int at_once;
};
constexpr Rate check_rate{12s, 5};
constexpr Rate total_rate{Span(1s) / 32, 256};
constexpr std::size_t checks_max = 4096;

bool allows(const Rate& rate, Instant paid_off, Instant now) {
  return paid_off <= now + rate.each * (rate.at_once - 1);
}

void charge(const Rate& rate, Instant& paid_off, Instant now) {
  paid_off = std::max(paid_off, now) + rate.each;
}

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

}  // namespace

bool RateLimiter::take(const std::string& check, Instant now) {
  if (checks_.size() > checks_max)
    std::erase_if(checks_, [now](const auto& entry) { return entry.second <= now; });
  Instant& paid_off = checks_[check];
  if (!allows(check_rate, paid_off, now) || !allows(total_rate, all_, now)) return false;
  charge(check_rate, paid_off, now);
  charge(total_rate, all_, now);
  return true;
}

class Recorder::Batch : public std::enable_shared_from_this<Batch> {
 public:
  Batch(asio::any_io_executor main, Options options)
      : main_(main), timer_(main), options_(std::move(options)) {}

  void add(const ResultPtr& result);
  void soon();
  void flush(Kept done);
  void end() { timer_.cancel(); }
  Kept patient(Kept done) const { return at_the_latest(main_, options_.patience, std::move(done)); }

 private:
  bool wants_trace(const Result& result);

  asio::any_io_executor main_;
  asio::steady_timer timer_;
  Options options_;
  RateLimiter ration_;
  std::vector<KeptResult> results_;
  bool armed_ = false;
};

bool Recorder::Batch::wants_trace(const Result& result) {
  if (!leaves_evidence(result) || !options_.takes_traces()) return false;
  return ration_.take(key_of(*result.check), Clock::now()) || proves_cause(result);
}

void Recorder::Batch::add(const ResultPtr& result) {
  results_.emplace_back(wants_trace(*result) ? result : without_trace(*result),
                        options_.excluded && options_.excluded(*result));
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
  Changes changes{.results = std::exchange(results_, {}), .buckets = {}, .notes = {}};
  options_.gather(changes);
  if (!changes.empty() || done) options_.write(std::move(changes), std::move(done));
}

Recorder::Recorder(asio::any_io_executor main, Options options)
    : batch_(std::make_shared<Batch>(std::move(main), std::move(options))) {}

Recorder::~Recorder() { batch_->end(); }

void Recorder::accept(const ResultPtr& result) { batch_->add(result); }

void Recorder::changed() { batch_->soon(); }

void Recorder::flush_now(Kept done) { batch_->flush(batch_->patient(std::move(done))); }

}  // namespace sonde::store
