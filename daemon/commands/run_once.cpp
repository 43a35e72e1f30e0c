#include "daemon/commands/run_once.hpp"

#include <atomic>
#include <csignal>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/schedule/egress.hpp"
#include "daemon/schedule/local_clock.hpp"
#include "daemon/schedule/runner.hpp"
#include "daemon/system/thread.hpp"
#include "probes/session/shared.hpp"

namespace sonde::commands {
namespace {

namespace asio = boost::asio;

constexpr Span progress_every = std::chrono::milliseconds(200);

// A check, the number of its runs that have not started, and whether one is under way.
struct PendingRun {
  schedule::ScheduledCheckPtr station;
  int left;
  bool running = false;
};

class Once {
 public:
  Once(const std::vector<std::shared_ptr<const Check>>& checks, const OnceOptions& options);
  bool run();

 private:
  void begin_runs();
  void done_one(const ResultPtr& result);
  void finish();
  void stop();
  void tick();
  void sample();
  std::vector<std::shared_ptr<const Check>> under_way() const;

  const OnceOptions& options_;
  asio::io_context loop_{1};
  session::Shared shared_{loop_.get_executor()};
  schedule::Egress egress_;
  schedule::LocalClock clock_;
  schedule::Runner runner_;
  asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  asio::steady_timer progress_{loop_};
  asio::steady_timer sampler_{loop_};
  std::vector<PendingRun> pending_;
  int ended_ = 0, all_ = 0;
  bool cut_ = false, over_ = false;
};

Once::Once(const std::vector<std::shared_ptr<const Check>>& checks, const OnceOptions& options)
    : options_(options),
      egress_(loop_.get_executor(), [](schedule::EgressState) {}),
      runner_(loop_.get_executor(), {.worker = 0,
                                     .publish = [this](ResultPtr result) { done_one(result); },
                                     .egress = &egress_,
                                     .clock = &clock_}) {
  clock_.use(shared_.network);
  shared_.token_cache.share(options.lockouts);
  shared_.token_cache.share(options.issued);
  egress_.assign(options.egress, shared_.network);
  for (const auto& check : checks) {
    auto station = std::make_shared<schedule::ScheduledCheck>();
    station->check = check;
    station->probe = check->make(shared_);
    station->in_flight = std::make_shared<std::atomic<int>>(0);
    pending_.push_back({std::move(station), options.repeat});
    all_ += options.repeat;
  }
}

bool Once::run() {
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) stop();
  });
  begin_runs();
  sample();
  tick();
  loop_.run();
  return !cut_;
}

std::vector<std::shared_ptr<const Check>> Once::under_way() const {
  std::vector<std::shared_ptr<const Check>> checks;
  for (const auto& turn : pending_)
    if (turn.running) checks.push_back(turn.station->check);
  return checks;
}

// Starts the runs that may start; ends the loop when none is left.
void Once::begin_runs() {
  std::size_t running = under_way().size();
  ended_ = all_;
  for (auto& turn : pending_) {
    if (!turn.running && turn.left > 0 && !cut_ && running < options_.at_once) {
      --turn.left;
      ++running;
      turn.running = true;
      turn.station->refused.reset();  // every round makes the refusal checks
      runner_.start(turn.station, Clock::now());
    }
    ended_ -= turn.left + (turn.running ? 1 : 0);
  }
  if (running == 0) finish();
}

// The last Result of a run ends it; the next run starts in a separate turn of the loop.
void Once::done_one(const ResultPtr& result) {
  options_.publish(result);
  if (schedule::tries_again(*result)) return;
  for (auto& turn : pending_)
    if (turn.station->check == result->check) turn.running = false;
  asio::post(loop_, [this] { begin_runs(); });
}

// A timer that expired before its cancellation still calls its handler, so both are signalled.
void Once::finish() {
  over_ = true;
  signals_.cancel();
  progress_.cancel();
  sampler_.cancel();
  egress_.stop();
  shared_.token_cache.errands().finish([] {});  // tasks that go on keep the loop running
}

void Once::stop() {
  cut_ = true;
  runner_.runs().stop();
  runner_.runs().when_drained([this] { finish(); });
}

void Once::tick() {
  if (options_.progress) options_.progress(under_way(), ended_, all_);
  progress_.expires_after(progress_every);
  progress_.async_wait([this](boost::system::error_code error) {
    if (!error && !over_) tick();
  });
}

// Reports delays of our own loop to the Runner, so that no target is blamed for them.
void Once::sample() {
  const Instant at = Clock::now() + schedule::LoopLag::every;
  runner_.lag().expect(at, system::thread_cpu_time());
  sampler_.expires_at(at);
  sampler_.async_wait([this](boost::system::error_code error) {
    if (error || over_) return;
    runner_.lag().woken(Clock::now(), system::thread_cpu_time());
    sample();
  });
}

}  // namespace

bool run_once(const std::vector<std::shared_ptr<const Check>>& checks, const OnceOptions& options) {
  return Once(checks, options).run();
}

}  // namespace sonde::commands
