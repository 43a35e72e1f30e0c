#include "daemon/store/recorder.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>

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

}  // namespace

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
  store::RateLimiter ration_;
  std::vector<KeptResult> results_;
  bool armed_ = false;
};

bool Recorder::Batch::wants_trace(const Result& result) {
  if (!store::leaves_evidence(result) || !options_.takes_traces()) return false;
  return ration_.take(key_of(*result.check), Clock::now()) || store::proves_cause(result);
}

void Recorder::Batch::add(const ResultPtr& result) {
  results_.emplace_back(wants_trace(*result) ? result : store::without_trace(*result),
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
