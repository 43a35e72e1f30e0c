#include "daemon/app/alerting.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sonde::app {
namespace asio = boost::asio;

struct Alerting::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& main, alert::Engine& judging, alert::History& remembering,
        notify::Notifier& telling, Options what)
      : engine(judging),
        history(remembering),
        notifier(telling),
        options(std::move(what)),
        round(main) {}

  void judge_all();
  void wait();
  void tell_soon();
  void tell(const std::vector<Alert>& fires, std::uint64_t version);

  alert::Engine& engine;
  alert::History& history;
  notify::Notifier& notifier;
  Options options;
  asio::steady_timer round;
  Instant judged;
  std::uint64_t notified = 0;  // the version that the receivers have got
  bool telling = false;        // a write is in flight; receivers are notified when it ends
  bool stopped = false;
};

void Alerting::State::judge_all() {
  engine.evaluate();
  judged = Clock::now();
  // Even if nothing changed, because delivery is level-triggered.
  tell_soon();
}

void Alerting::State::wait() {
  round.expires_after(every);
  round.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (error || self->stopped) return;
    self->judge_all();
    self->wait();
  });
}

// At the end of this turn of the loop, so that a batch of Results is written and sent once.
void Alerting::State::tell_soon() {
  if (telling) return;
  telling = true;
  asio::post(round.get_executor(), [self = shared_from_this()] {
    if (self->stopped) return;
    // A snapshot: later changes are written and sent the next time.
    auto fires = self->engine.current();
    self->history.update(fires, std::chrono::system_clock::now());
    self->history.mark(fires);
    if (!self->options.tells()) fires.clear();
    self->options.keep([self, fires = std::move(fires), version = self->engine.version()] {
      self->tell(fires, version);
    });
  });
}

void Alerting::State::tell(const std::vector<Alert>& fires, std::uint64_t version) {
  telling = false;
  if (stopped) return;
  notified = version;
  const WallTime now = std::chrono::system_clock::now();
  notifier.update(fires, now);
  for (const ReceiverFacts& receiver : notifier.facts())
    for (const auto& [alert, firing] : receiver.undelivered)
      history.undelivered(receiver.name, alert, firing, now);
  if (engine.version() != notified) tell_soon();
}

Alerting::Alerting(const boost::asio::any_io_executor& main, alert::Engine& engine,
                   alert::History& history, notify::Notifier& notifier, Options options)
    : state_(std::make_shared<State>(main, engine, history, notifier, std::move(options))) {}

Alerting::~Alerting() { stop(); }

void Alerting::accept(const ResultPtr& result) {
  state_->engine.accept(result);
  if (state_->engine.version() != state_->notified) state_->tell_soon();
}

void Alerting::start() {
  state_->judge_all();
  state_->wait();
}

void Alerting::stop() {
  state_->stopped = true;
  state_->round.cancel();
}

void Alerting::judge() {
  if (!state_->stopped) state_->judge_all();
}

bool Alerting::progressed(Instant now) const { return now - state_->judged < 3 * every; }

}  // namespace sonde::app
