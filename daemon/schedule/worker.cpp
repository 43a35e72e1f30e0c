#include "daemon/schedule/worker.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/schedule/check_set.hpp"
#include "daemon/schedule/egress.hpp"
#include "daemon/schedule/local_clock.hpp"
#include "daemon/schedule/result_batcher.hpp"
#include "daemon/schedule/runner.hpp"
#include "daemon/system/thread.hpp"
#include "probes/session/shared.hpp"

namespace sonde::schedule {
namespace asio = boost::asio;

namespace {

// Waking up costs as much as a quarter of a simple run, so ticks within this time start together.
constexpr std::chrono::microseconds gathering(250);

// Between two runs of a check apart from its schedule, so that nobody presses a target through us.
constexpr std::chrono::seconds apart_pause(1);
// Who asks with about the same limit shares a run; another limit is another question.
constexpr std::chrono::seconds limit_apart(1);
constexpr std::size_t apart_max = 4;  // runs of a check at a time

}  // namespace

// Everything that the thread owns. Asio waits with a timerfd, which the kernel's timer slack does
// not affect, so ticks are on time without a busy loop.
class Worker::Loop : public std::enable_shared_from_this<Loop> {
 public:
  explicit Loop(Options options);

  void run();  // the thread
  void assign(std::vector<Assignment> assignments, std::shared_ptr<const EgressSettings> egress);
  void restore(std::map<std::string, std::string> conclusions) {
    check_set_.restore(std::move(conclusions));
  }
  void run_apart(const std::shared_ptr<const Check>& check, Instant limit,
                 std::function<void(ResultPtr)> done);
  void stop();

  asio::io_context& io() { return io_; }
  Progress& progress() { return progress_; }

 private:
  // A run that was asked for: until when it may take, and who waits for it.
  struct ApartRun {
    Instant limit;
    std::vector<std::function<void(ResultPtr)>> waiting;
  };
  // Those of a check that are under way, and the last one that was not cut by a limit of its own.
  struct Apart {
    std::vector<std::shared_ptr<ApartRun>> under_way;
    ResultPtr last;
    Instant ended;
  };

  ScheduledCheckPtr entry_apart(const std::shared_ptr<const Check>& check);
  void end_apart(const std::string& identity, const std::shared_ptr<ApartRun>& run,
                 const ResultPtr& result);
  void take_beats();
  void begin(const Tick& tick);
  void wait_for_beat();
  void watch_lag();
  void sample_lag();
  void publish(std::vector<ResultPtr> results);
  void end();

  Options options_;
  Progress progress_;
  asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // other threads only post to it
  asio::executor_work_guard<asio::io_context::executor_type> busy_ = asio::make_work_guard(io_);
  asio::steady_timer tick_{io_}, sampler_{io_};
  ResultBatcher outbox_;
  Egress egress_;
  LocalClock clock_;
  Runner runner_;
  std::unique_ptr<session::Shared> shared_;
  CheckSet check_set_;
  std::map<std::string, Apart> apart_;                    // by identity
  std::map<std::string, ScheduledCheckPtr> unscheduled_;  // asked for, but not assigned
  bool sampling_ = false;
};

Worker::Loop::Loop(Options options)
    : options_(std::move(options)),
      outbox_(io_.get_executor(),
              [this](std::vector<ResultPtr> results) { publish(std::move(results)); }),
      egress_(
          io_.get_executor(),
          [this](EgressState state) { progress_.egress.store(state, std::memory_order_relaxed); }),
      clock_(options_.clock_is_kept),
      runner_(io_.get_executor(),
              {.worker = options_.number,
               .publish = [this](ResultPtr result) { outbox_.put(std::move(result)); },
               .egress = &egress_,
               .clock = &clock_}) {}

void Worker::Loop::run() {
  system::name_thread("worker-" + std::to_string(options_.number));
  shared_ = std::make_unique<session::Shared>(io_.get_executor());
  shared_->token_cache.share(options_.lockouts);
  shared_->token_cache.share(options_.issued);
  clock_.use(shared_->network);
  io_.run();
  if (options_.ended) options_.ended();
}

void Worker::Loop::assign(std::vector<Assignment> assignments,
                          std::shared_ptr<const EgressSettings> egress) {
  if (runner_.runs().stopping()) return;
  egress_.assign(std::move(egress), shared_->network);
  egress_.watch();
  auto make = [this](const Check& check) { return check.make(*shared_); };
  check_set_.assign(std::move(assignments), make, Clock::now());
  unscheduled_.clear();
  std::erase_if(apart_, [this](const auto& one) {
    return one.second.under_way.empty() && !check_set_.find(one.first);
  });
  shared_->token_cache.give_back_files();
  wait_for_beat();
}

void Worker::Loop::publish(std::vector<ResultPtr> results) { options_.publish(std::move(results)); }

void Worker::Loop::take_beats() {
  sample_lag();  // a run may be held up before it waits for the first time
  for (const Tick& tick : check_set_.schedule().take_due(Clock::now())) begin(tick);
  progress_.rounds.fetch_add(1, std::memory_order_relaxed);
  wait_for_beat();
}

void Worker::Loop::begin(const Tick& tick) {
  const ScheduledCheckPtr& entry = check_set_.entry(tick.id);
  if (tick.skipped > 0) runner_.skip(entry, Reason::late, tick.skipped);
  if (*entry->in_flight >= entry->check->in_flight_max)
    runner_.skip(entry, Reason::overlap, 1);
  else if (runner_.runs().size() >= options_.in_flight_max)
    runner_.skip(entry, Reason::capacity, 1);
  else
    runner_.start(entry, tick.scheduled);
}

void Worker::Loop::wait_for_beat() {
  const std::optional<Instant> next = check_set_.schedule().next();
  progress_.next.store(next.value_or(Instant::max()), std::memory_order_relaxed);
  if (!next) {
    tick_.cancel();
    return;
  }
  tick_.expires_at(*check_set_.schedule().last_within(gathering));
  tick_.async_wait([this](boost::system::error_code error) {
    if (!error) take_beats();
  });
}

// Only while runs are under way: an idle worker sleeps between ticks.
void Worker::Loop::watch_lag() {
  if (runner_.runs().size() > 0) sample_lag();
}

// Call it before a run is started.
void Worker::Loop::sample_lag() {
  if (sampling_) return;
  sampling_ = true;
  sampler_.expires_after(LoopLag::every);
  runner_.lag().expect(sampler_.expiry(), system::thread_cpu_time());
  sampler_.async_wait([this](boost::system::error_code error) {
    sampling_ = false;
    runner_.lag().woken(Clock::now(), system::thread_cpu_time());
    if (!error) watch_lag();
  });
}

ScheduledCheckPtr Worker::Loop::entry_apart(const std::shared_ptr<const Check>& check) {
  const std::string key = identity(*check);
  if (ScheduledCheckPtr assigned = check_set_.find(key)) return assigned;
  ScheduledCheckPtr& entry = unscheduled_[key];
  if (!entry)
    entry = std::make_shared<ScheduledCheck>(
        ScheduledCheck{.check = check,
                       .probe = check->make(*shared_),
                       .in_flight = std::make_shared<std::atomic<int>>(0),
                       .refused = {},
                       .refusal_turn = {},
                       .diagnoses = {}});
  return entry;
}

void Worker::Loop::run_apart(const std::shared_ptr<const Check>& check, Instant limit,
                             std::function<void(ResultPtr)> done) {
  if (runner_.runs().stopping() || runner_.runs().size() >= options_.in_flight_max)
    return done(nullptr);
  const std::string key = identity(*check);
  const ScheduledCheckPtr entry = entry_apart(check);
  Apart& apart = apart_[key];
  if (apart.last && Clock::now() - apart.ended < apart_pause) return done(apart.last);
  for (const auto& run : apart.under_way)
    if (std::chrono::abs(run->limit - limit) <= limit_apart)
      return run->waiting.push_back(std::move(done));
  if (apart.under_way.size() >= apart_max) return done(nullptr);
  const auto run = std::make_shared<ApartRun>(limit);
  run->waiting.push_back(std::move(done));
  apart.under_way.push_back(run);
  sample_lag();
  runner_.run_apart(entry, limit,
                    [this, key, run](const ResultPtr& result) { end_apart(key, run, result); });
}

void Worker::Loop::end_apart(const std::string& identity, const std::shared_ptr<ApartRun>& run,
                             const ResultPtr& result) {
  Apart& apart = apart_[identity];
  const Instant now = Clock::now();
  std::erase(apart.under_way, run);
  if (now < run->limit) {
    apart.last = result;
    apart.ended = now;
  }
  for (const auto& done : run->waiting) done(result);
}

void Worker::Loop::stop() {
  if (runner_.runs().stopping()) return;
  check_set_.schedule() = Schedule();
  wait_for_beat();
  runner_.runs().stop();
  runner_.runs().when_drained([this] {
    egress_.stop();
    egress_.tasks().when_drained([this] {
      shared_->token_cache.errands().finish([this] { asio::post(io_, [this] { end(); }); });
    });
  });
}

// Runs on the loop, so that the network's operations can end before the thread does.
void Worker::Loop::end() {
  sampler_.cancel();
  outbox_.flush();
  check_set_.clear();
  unscheduled_.clear();
  shared_.reset();
  busy_.reset();
}

Worker::Worker(Options options) : loop_(std::make_shared<Loop>(std::move(options))) {
  thread_ = std::thread([loop = loop_] { loop->run(); });
}

Worker::~Worker() {
  if (!thread_.joinable()) return;
  stop();
  thread_.join();
}

void Worker::assign(std::vector<Assignment> assignments,
                    std::shared_ptr<const EgressSettings> egress) {
  // Due until the worker has taken them over, so that a worker that hangs is noticed.
  loop_->progress().next.store(Clock::now(), std::memory_order_relaxed);
  asio::post(loop_->io(), [loop = loop_.get(), assignments = std::move(assignments),
                           egress = std::move(egress)]() mutable {
    loop->assign(std::move(assignments), std::move(egress));
  });
}

void Worker::restore(std::map<std::string, std::string> conclusions) {
  asio::post(loop_->io(), [loop = loop_.get(), conclusions = std::move(conclusions)]() mutable {
    loop->restore(std::move(conclusions));
  });
}

void Worker::run_apart(std::shared_ptr<const Check> check, Instant limit,
                       std::function<void(ResultPtr)> done) {
  asio::post(loop_->io(), [loop = loop_.get(), check = std::move(check), limit,
                           done = std::move(done)]() mutable {
    loop->run_apart(check, limit, std::move(done));
  });
}

void Worker::stop() {
  asio::post(loop_->io(), [loop = loop_.get()] { loop->stop(); });
}

void Worker::abandon() {
  if (thread_.joinable()) thread_.detach();
}

const Progress& Worker::progress() const { return loop_->progress(); }

}  // namespace sonde::schedule
