#include "daemon/schedule/pool.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/schedule/scheduled_check.hpp"
#include "daemon/schedule/share.hpp"
#include "daemon/schedule/worker.hpp"

namespace sonde::schedule {
namespace asio = boost::asio;
namespace {

constexpr Span late_max = std::chrono::seconds(5);

using Counts = std::unordered_map<std::string, std::shared_ptr<std::atomic<int>>>;  // by identity

}  // namespace

struct Pool::State {
  struct Hand {
    std::unique_ptr<Worker> worker;
    std::uint64_t rounds_seen = 0;
  };

  asio::any_io_executor main;
  asio::steady_timer limit;
  std::function<void(const ResultPtr&)> publish;
  std::vector<Hand> hands = {};
  std::shared_ptr<const Counts> counts = std::make_shared<const Counts>();
  std::size_t ended = 0;
  std::function<void(bool)> done = {};

  static std::function<void(std::vector<ResultPtr>)> posted_results(
      const std::shared_ptr<State>& pool);
  static std::function<void()> posted_end(const std::shared_ptr<State>& pool);

  void one_ended() {
    if (++ended == hands.size()) report(true);
  }

  void report(bool drained) {
    limit.cancel();
    if (!drained)
      for (Hand& hand : hands) hand.worker->abandon();
    if (done) std::exchange(done, nullptr)(drained);
  }
};

// Called on a worker's thread; the posted functions check whether the pool still exists.
std::function<void(std::vector<ResultPtr>)> Pool::State::posted_results(
    const std::shared_ptr<State>& pool) {
  return [main = pool->main, weak = std::weak_ptr(pool)](std::vector<ResultPtr> results) {
    asio::post(main, [weak, results = std::move(results)] {
      auto state = weak.lock();
      if (!state) return;
      for (const ResultPtr& result : results) state->publish(result);
    });
  };
}

std::function<void()> Pool::State::posted_end(const std::shared_ptr<State>& pool) {
  return [main = pool->main, weak = std::weak_ptr(pool)] {
    asio::post(main, [weak] {
      if (auto state = weak.lock()) state->one_ended();
    });
  };
}

Pool::Pool(asio::any_io_executor main, Options options)
    : state_(new State{main, asio::steady_timer(main), std::move(options.publish)}) {
  for (std::size_t number = 0; number < options.workers; ++number) {
    Worker::Options worker{.number = static_cast<int>(number),
                           .in_flight_max = options.in_flight_max,
                           .publish = State::posted_results(state_),
                           .lockouts = options.lockouts,
                           .issued = options.issued,
                           .ended = State::posted_end(state_)};
    state_->hands.push_back({std::make_unique<Worker>(std::move(worker))});
  }
}

Pool::~Pool() {
  for (State::Hand& hand : state_->hands) hand.worker->stop();
  state_->hands.clear();
}

void Pool::restore(const std::map<std::string, std::string>& conclusions) {
  for (const State::Hand& hand : state_->hands) hand.worker->restore(conclusions);
}

void Pool::assign(const std::vector<std::shared_ptr<const Check>>& checks,
                  const std::shared_ptr<const EgressSettings>& egress) {
  auto counts = std::make_shared<Counts>();
  std::vector<std::vector<Assignment>> assignments(state_->hands.size());
  for (const auto& check : checks) {
    const std::string key = identity(*check);
    auto known = state_->counts->find(key);
    auto count =
        known == state_->counts->end() ? std::make_shared<std::atomic<int>>(0) : known->second;
    counts->emplace(key, count);
    assignments[share(check->target, assignments.size())].push_back({check, std::move(count)});
  }
  state_->counts = std::move(counts);
  for (std::size_t i = 0; i < assignments.size(); ++i)
    state_->hands[i].worker->assign(std::move(assignments[i]), egress);
}

std::optional<bool> Pool::egress_up() const {
  std::optional<bool> up;
  for (const State::Hand& hand : state_->hands) {
    const EgressState seen = hand.worker->progress().egress.load(std::memory_order_relaxed);
    if (seen != EgressState::unknown) up = up.value_or(false) || seen == EgressState::up;
  }
  return up;
}

std::function<int(const Check&)> Pool::in_flight() const {
  return [counts = state_->counts](const Check& check) {
    auto known = counts->find(identity(check));
    return known == counts->end() ? 0 : known->second->load(std::memory_order_relaxed);
  };
}

void Pool::run_apart(const std::shared_ptr<const Check>& check, Instant limit,
                     std::function<void(ResultPtr)> done) {
  Worker& worker = *state_->hands[share(check->target, state_->hands.size())].worker;
  worker.run_apart(check, limit,
                   [main = state_->main, weak = std::weak_ptr(state_),
                    done = std::move(done)](ResultPtr result) {
                     asio::post(main, [weak, done, result = std::move(result)] {
                       if (!weak.expired()) done(result);
                     });
                   });
}

bool Pool::on_time(Instant now) const {
  return std::ranges::all_of(state_->hands, [now](const State::Hand& hand) {
    return hand.worker->progress().next.load(std::memory_order_relaxed) > now - late_max;
  });
}

bool Pool::progressed(Instant now) {
  bool all = true;
  for (State::Hand& hand : state_->hands) {
    const Progress& progress = hand.worker->progress();
    const std::uint64_t rounds = progress.rounds.load(std::memory_order_relaxed);
    const bool went_on = rounds != std::exchange(hand.rounds_seen, rounds);
    all = all && (went_on || progress.next.load(std::memory_order_relaxed) > now);
  }
  return all;
}

void Pool::stop(Span limit, std::function<void(bool)> done) {
  state_->done = std::move(done);
  for (State::Hand& hand : state_->hands) hand.worker->stop();
  state_->limit.expires_after(limit);
  state_->limit.async_wait([pool = std::weak_ptr(state_)](boost::system::error_code error) {
    auto state = pool.lock();
    if (!error && state) state->report(false);
  });
}

}  // namespace sonde::schedule
