#include "daemon/store/store.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "daemon/log/log.hpp"
#include "daemon/store/store_thread.hpp"

namespace sonde::store {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Span open_max = 10s;
constexpr Span stop_max = 5s;
constexpr Span patience = 5s;  // with a batch, before the disk counts as failed
constexpr Span first_rest = 1s, longest_rest = 10s;
constexpr int questions_max = 64;

}  // namespace

struct Store::Loop {
  Loop(StorageSettings settings, asio::any_io_executor main)
      : thread(std::move(settings), main), rest(main), stop(main) {}
  StoreThread thread;
  asio::steady_timer rest, stop;
};

Store::Store(StorageSettings settings, asio::any_io_executor main)
    : main_(main),
      loop_(std::make_unique<Loop>(std::move(settings), main)),
      next_rest_(first_rest) {}
Store::~Store() = default;

std::expected<std::shared_ptr<Store>, std::string> Store::open(StorageSettings settings,
                                                               asio::any_io_executor main) {
  const std::string path = settings.path;
  std::shared_ptr<Store> store(new Store(std::move(settings), std::move(main)));
  if (auto started = store->start(); !started)
    return std::unexpected("storage.path " + path + ": " + started.error());
  return store;
}

std::expected<void, std::string> Store::start() {
  auto opening = loop_->thread.open(open_max);
  facts_.enabled = true;
  if (opening && !opening->taken.empty()) return std::unexpected(std::move(opening->taken));
  if (opening) {
    remembered_ = std::move(opening->remembered);
  } else {
    facts_.degraded = true;
    facts_.why = "the disk has not answered yet";
    log::say(log::Level::error, "the store does not open; starting without what it remembers");
  }
  loop_->thread.ask([](StoreRecovery&) { return true; },
                    [weak = weak_from_this()](bool, StoreFacts facts) {
                      if (auto store = weak.lock()) store->facts_ = std::move(facts);
                    });
  return {};
}

void Store::write(Changes changes, Kept done) {
  if (!stopping_) backlog_.add(std::move(changes));
  if (done) waiters_.push_back(std::move(done));
  if (stopping_)
    dismiss();
  else
    pump();
}

// Callers do not wait for a disk that fails.
void Store::dismiss() {
  for (auto& done : std::exchange(waiters_, {}))
    asio::post(main_, [done = std::move(done)] { done(false); });
}

void Store::pump() {
  if (busy_) return;
  if (resting_) return dismiss();
  if (backlog_.empty() && waiters_.empty()) return;
  busy_ = true;
  busy_since_ = Clock::now();
  told_ = std::exchange(waiters_, {});
  auto batch = std::make_shared<Changes>(backlog_.take());
  rows_of_batch_ = batch->rows();
  loop_->thread.ask([batch](StoreRecovery& file) { return file.write(*batch); },
                    [weak = weak_from_this(), batch](bool kept, StoreFacts facts) {
                      auto store = weak.lock();
                      if (!store) return;
                      store->facts_ = std::move(facts);
                      store->written(batch, kept);
                    });
}

void Store::written(const std::shared_ptr<Changes>& batch, bool kept) {
  busy_ = false;
  if (kept || batch->rows() < rows_of_batch_) next_rest_ = first_rest;
  if (!kept) backlog_.put_back(std::move(*batch));
  if (!kept && !stopping_) rest();
  for (auto& done : std::exchange(told_, {})) done(kept);
  if (stopping_ && (!kept || backlog_.empty())) return close();
  pump();
}

void Store::rest() {
  resting_ = true;
  loop_->rest.expires_after(next_rest_);
  next_rest_ = std::min(next_rest_ * 2, longest_rest);
  loop_->rest.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto store = weak.lock();
    if (error || !store) return;
    store->resting_ = false;
    store->pump();
  });
}

StoreFacts Store::facts() const {
  StoreFacts facts = facts_;
  facts.rows_lost = backlog_.lost();
  if (busy_ && Clock::now() - busy_since_ > patience) {
    facts.degraded = true;
    facts.why = "the disk does not answer";
  }
  return facts;
}

template <class Answer, class Job>
void Store::ask(Job job, std::function<void(Answer)> done) {
  if (stopping_ || questions_ >= questions_max)
    return asio::post(main_, [done = std::move(done)] {
      done(std::unexpected<std::string>("the store is busy"));
    });
  ++questions_;
  loop_->thread.ask(std::move(job), [weak = weak_from_this(), done = std::move(done)](
                                        Answer answer, StoreFacts facts) {
    auto store = weak.lock();
    if (!store) return;
    --store->questions_;
    store->facts_ = std::move(facts);
    done(std::move(answer));
  });
}

void Store::stop(std::function<void(bool)> done) {
  stopping_ = true;
  resting_ = false;  // one last attempt
  loop_->rest.cancel();
  stop_done_ = std::move(done);
  loop_->stop.expires_after(stop_max);
  loop_->stop.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto store = weak.lock(); !error && store) store->stopped(false);
  });
  pump();
  if (!busy_) close();
}

void Store::close() {
  loop_->thread.close([weak = weak_from_this()] {
    if (auto store = weak.lock()) store->stopped(true);
  });
}

void Store::stopped(bool in_time) {
  if (!stop_done_) return;
  loop_->stop.cancel();
  if (!in_time) loop_->thread.abandon();
  std::exchange(stop_done_, nullptr)(in_time);
}

RestoredState Store::take_remembered() { return std::exchange(remembered_, {}); }

void Store::evidence(EvidenceQuery query, std::function<void(Evidence)> done) {
  ask<Evidence>([query = std::move(query)](StoreRecovery& file) { return file.evidence(query); },
                std::move(done));
}

void Store::transcript(std::int64_t id, std::function<void(Transcript)> done) {
  ask<Transcript>([id](StoreRecovery& file) { return file.transcript(id); }, std::move(done));
}

void Store::runs(RunQuery query, std::function<void(Runs)> done) {
  ask<Runs>([query = std::move(query)](StoreRecovery& file) { return file.runs(query); },
            std::move(done));
}

void Store::run(std::string id, std::function<void(Run)> done) {
  ask<Run>([id = std::move(id)](StoreRecovery& file) { return file.run(id); }, std::move(done));
}

}  // namespace sonde::store
