#include "daemon/schedule/egress.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/deadline.hpp"
#include "probes/core/when_all.hpp"
#include "probes/net/reach.hpp"

namespace sonde::schedule {
namespace asio = boost::asio;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

bool same(const EgressSettings* one, const EgressSettings* other) {
  if (!one || !other) return one == other;
  const auto titles = [](const EgressSettings& settings) {
    std::vector<std::string> all;
    all.reserve(settings.references.size());
    for (const Reference& reference : settings.references) all.push_back(reference.title());
    return all;
  };
  const auto servers = [](const EgressSettings& settings) {
    std::vector<std::vector<net::DnsServer>> all;
    all.reserve(settings.references.size());
    for (const Reference& reference : settings.references) all.push_back(reference.servers.servers);
    return all;
  };
  return titles(*one) == titles(*other) && servers(*one) == servers(*other) &&
         one->every == other->every && one->timeout == other->timeout;
}

}  // namespace

struct Egress::Timers {
  explicit Timers(const asio::any_io_executor& executor)
      : due(executor), round_over(executor, Instant::max()) {}
  asio::steady_timer due;         // the next round
  asio::steady_timer round_over;  // cancelled when a round has ended
};

// A round in progress.
struct Egress::Round {
  Round(const asio::any_io_executor& executor, const EgressSettings& asked)
      : settled(executor, Instant::max()), left(asked.references.size()) {}
  bool over() const { return answered || left == 0; }

  asio::steady_timer settled;  // cancelled when the round is over
  std::size_t left;            // references that may still answer
  bool answered = false;
  std::string detail;
};

Egress::Egress(const asio::any_io_executor& executor, std::function<void(EgressState)> tell)
    : tell_(std::move(tell)),
      tasks_(executor),
      timers_(std::make_unique<Timers>(executor)),
      random_(std::random_device()()) {}

Egress::~Egress() = default;

void Egress::assign(std::shared_ptr<const EgressSettings> settings, net::Network& network) {
  network_ = &network;
  if (same(settings.get(), settings_.get())) return;
  settings_ = std::move(settings);
  log_ = {};
  tell_(EgressState::unknown);
  due_at_.reset();
  timers_->due.cancel();
  timers_->round_over.cancel();
  if (watching_) want(Clock::now());
}

void Egress::watch() {
  watching_ = true;
  want(Clock::now());
}

void Egress::want(Instant at) {
  if (!settings_ || asking_ || (due_at_ && *due_at_ <= at)) return;
  due_at_ = at;
  timers_->due.expires_at(at);
  timers_->due.async_wait([this](boost::system::error_code error) {
    if (!error && due_at_) begin();
  });
}

void Egress::begin() {
  due_at_.reset();
  if (tasks_.stopping() || asking_) return;
  asking_ = true;
  last_ = Clock::now();
  tasks_.spawn(ask(settings_));
}

asio::awaitable<void> Egress::ask(std::shared_ptr<const EgressSettings> settings) {
  co_await asio::this_coro::throw_if_cancelled(false);
  EgressAnswer answer{.asked = last_, .at = {}, .detail = {}};
  Trace unused(answer.asked, 0);
  auto asking = any_answers(settings);
  Verdict verdict = co_await within(answer.asked + settings->timeout, std::move(asking), unused);
  answer.at = Clock::now();
  answer.up = verdict.outcome == Outcome::pass;
  answer.detail = std::move(verdict.detail);
  asking_ = false;
  if (!tasks_.stopping()) conclude(settings.get(), std::move(answer));
}

void Egress::conclude(const EgressSettings* asked, EgressAnswer answer) {
  if (asked == settings_.get()) {
    tell_(answer.up ? EgressState::up : EgressState::down);
    log_.add(std::move(answer));
  }
  timers_->round_over.cancel();
  if (watching_ && settings_) want(last_ + settings_->every);
}

// Passes with the first answer, and then sends no further requests.
asio::awaitable<Verdict> Egress::any_answers(std::shared_ptr<const EgressSettings> settings) {
  Round round(timers_->due.get_executor(), *settings);
  std::vector<asio::awaitable<void>> references, until;
  for (const Reference& reference : settings->references)
    references.push_back(try_one(round, reference));
  until.push_back(settle(round));
  auto all = when_all(std::move(until), std::move(references));
  co_await std::move(all);
  if (round.answered) co_return Verdict::pass();
  co_return Verdict::of(Step::health, {Reason::egress_down, std::move(round.detail)});
}

asio::awaitable<void> Egress::settle(Round& round) {
  if (!round.over()) co_await round.settled.async_wait(as_tuple);
}

asio::awaitable<void> Egress::try_one(Round& round, const Reference& reference) {
  // A random name below it, because a nearby cache may have the name itself.
  const std::string label = fmt::format("sonde-{:016x}", random_());
  auto reaching = reference.dns.empty()
                      ? net::reach_tcp(*network_, reference.tcp.host, reference.tcp.port)
                      : net::reach_dns(*network_, label, reference.dns, reference.servers);
  const auto reached = co_await std::move(reaching);
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool late = state.cancelled() != asio::cancellation_type::none;
  --round.left;
  round.answered = round.answered || reached.has_value();
  if (!reached)
    round.detail += fmt::format("{}{}: {}", round.detail.empty() ? "" : "; ", reference.title(),
                                late ? "no answer in time" : reached.error().detail);
  if (round.over()) round.settled.cancel();
}

asio::awaitable<std::string> Egress::blame(Instant began, Instant ended) {
  for (;;) {
    const auto state = co_await asio::this_coro::cancellation_state;
    const bool cut = state.cancelled() != asio::cancellation_type::none;
    if (!settings_ || cut || tasks_.stopping()) co_return "";
    const EgressState reached = log_.judge(began, ended);
    if (reached == EgressState::down) co_return "no reference answers (" + log_.why_down() + ")";
    if (reached == EgressState::up) co_return "";
    want(Clock::now());
    co_await timers_->round_over.async_wait(as_tuple);
  }
}

void Egress::stop() {
  watching_ = false;
  due_at_.reset();
  timers_->due.cancel();
  tasks_.stop();
  timers_->round_over.cancel();
}

}  // namespace sonde::schedule
