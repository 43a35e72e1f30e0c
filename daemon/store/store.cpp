#include "daemon/store/store.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "daemon/log/log.hpp"
#include "daemon/store/backlog.hpp"
#include "daemon/store/store_thread.hpp"

namespace sonde::store {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr Span open_max = 10s;
constexpr Span stop_max = 5s;
constexpr Span patience = 5s;  // with a batch, before the disk counts as failed
constexpr Span first_rest = 1s, longest_rest = 10s;
constexpr int questions_max = 16;

}  // namespace

// Used on the main thread. Has at most one batch in flight; further changes wait in the backlog.
class Store::Front : public std::enable_shared_from_this<Front> {
 public:
  Front(StorageSettings settings, asio::any_io_executor main)
      : main_(main), desk_(std::move(settings), main), rest_(main), stop_timer_(main) {}

  std::expected<void, std::string> open();
  void write(Changes changes, Kept done);
  void stop(std::function<void(bool)> done);
  StoreFacts facts() const;

  template <class Answer, class Job>
  void ask(Job job, std::function<void(Answer)> done);

  RestoredState remembered;
  store::Backlog backlog;

 private:
  void pump();
  void dismiss();
  void written(const std::shared_ptr<Changes>& batch, bool kept);
  void rest();
  void close();
  void stopped(bool in_time);

  asio::any_io_executor main_;
  store::StoreThread desk_;
  StoreFacts facts_;
  std::vector<Kept> waiters_, told_;  // of waiting changes; of the batch in flight
  bool busy_ = false, resting_ = false, stopping_ = false;
  Instant busy_since_;
  std::size_t rows_of_batch_ = 0;  // size of the batch; less is put back if a part was stored
  int questions_ = 0;
  Span next_rest_ = first_rest;
  asio::steady_timer rest_, stop_timer_;
  std::function<void(bool)> stop_done_;
};

std::expected<void, std::string> Store::Front::open() {
  auto opening = desk_.open(open_max);
  facts_.enabled = true;
  if (opening && !opening->taken.empty()) return std::unexpected(std::move(opening->taken));
  if (opening) {
    remembered = std::move(opening->remembered);
  } else {
    facts_.degraded = true;
    facts_.why = "the disk has not answered yet";
    log::say(log::Level::error, "the store does not open; starting without what it remembers");
  }
  desk_.ask([](store::StoreRecovery&) { return true; },
            [weak = weak_from_this()](bool, StoreFacts facts) {
              if (auto front = weak.lock()) front->facts_ = std::move(facts);
            });
  return {};
}

void Store::Front::write(Changes changes, Kept done) {
  if (!stopping_) backlog.add(std::move(changes));
  if (done) waiters_.push_back(std::move(done));
  if (stopping_)
    dismiss();
  else
    pump();
}

// Callers do not wait for a disk that fails.
void Store::Front::dismiss() {
  for (auto& done : std::exchange(waiters_, {}))
    asio::post(main_, [done = std::move(done)] { done(false); });
}

void Store::Front::pump() {
  if (busy_) return;
  if (resting_) return dismiss();
  if (backlog.empty() && waiters_.empty()) return;
  busy_ = true;
  busy_since_ = Clock::now();
  told_ = std::exchange(waiters_, {});
  auto batch = std::make_shared<Changes>(backlog.take());
  rows_of_batch_ = batch->rows();
  desk_.ask([batch](store::StoreRecovery& keeper) { return keeper.write(*batch); },
            [weak = weak_from_this(), batch](bool kept, StoreFacts facts) {
              auto front = weak.lock();
              if (!front) return;
              front->facts_ = std::move(facts);
              front->written(batch, kept);
            });
}

void Store::Front::written(const std::shared_ptr<Changes>& batch, bool kept) {
  busy_ = false;
  if (kept || batch->rows() < rows_of_batch_) next_rest_ = first_rest;
  if (!kept) backlog.put_back(std::move(*batch));
  if (!kept && !stopping_) rest();
  for (auto& done : std::exchange(told_, {})) done(kept);
  if (stopping_ && (!kept || backlog.empty())) return close();
  pump();
}

void Store::Front::rest() {
  resting_ = true;
  rest_.expires_after(next_rest_);
  next_rest_ = std::min(next_rest_ * 2, longest_rest);
  rest_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto front = weak.lock();
    if (error || !front) return;
    front->resting_ = false;
    front->pump();
  });
}

StoreFacts Store::Front::facts() const {
  StoreFacts facts = facts_;
  facts.rows_lost = backlog.lost();
  if (busy_ && Clock::now() - busy_since_ > patience) {
    facts.degraded = true;
    facts.why = "the disk does not answer";
  }
  return facts;
}

template <class Answer, class Job>
void Store::Front::ask(Job job, std::function<void(Answer)> done) {
  if (stopping_ || questions_ >= questions_max)
    return asio::post(main_, [done = std::move(done)] {
      done(std::unexpected<std::string>("the store is busy"));
    });
  ++questions_;
  desk_.ask(std::move(job),
            [weak = weak_from_this(), done = std::move(done)](Answer answer, StoreFacts facts) {
              auto front = weak.lock();
              if (!front) return;
              --front->questions_;
              front->facts_ = std::move(facts);
              done(std::move(answer));
            });
}

void Store::Front::stop(std::function<void(bool)> done) {
  stopping_ = true;
  resting_ = false;  // one last attempt
  rest_.cancel();
  stop_done_ = std::move(done);
  stop_timer_.expires_after(stop_max);
  stop_timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto front = weak.lock(); !error && front) front->stopped(false);
  });
  pump();
  if (!busy_) close();
}

void Store::Front::close() {
  desk_.close([weak = weak_from_this()] {
    if (auto front = weak.lock()) front->stopped(true);
  });
}

void Store::Front::stopped(bool in_time) {
  if (!stop_done_) return;
  stop_timer_.cancel();
  if (!in_time) desk_.abandon();
  std::exchange(stop_done_, nullptr)(in_time);
}

Store::Store(std::shared_ptr<Front> front) : front_(std::move(front)) {}
Store::~Store() = default;

std::expected<std::unique_ptr<Store>, std::string> Store::open(StorageSettings settings,
                                                               asio::any_io_executor main) {
  const std::string path = settings.path;
  auto front = std::make_shared<Front>(std::move(settings), std::move(main));
  if (auto opened = front->open(); !opened)
    return std::unexpected("storage.path " + path + ": " + opened.error());
  return std::unique_ptr<Store>(new Store(std::move(front)));
}

RestoredState Store::take_remembered() { return std::exchange(front_->remembered, {}); }

void Store::write(Changes changes, Kept done) {
  front_->write(std::move(changes), std::move(done));
}

bool Store::takes_traces() const { return front_->backlog.takes_traces(); }

StoreFacts Store::facts() const { return front_->facts(); }

void Store::evidence(EvidenceQuery query, std::function<void(Evidence)> done) {
  front_->ask<Evidence>(
      [query = std::move(query)](store::StoreRecovery& keeper) { return keeper.evidence(query); },
      std::move(done));
}

void Store::transcript(std::int64_t id, std::function<void(Transcript)> done) {
  front_->ask<Transcript>([id](store::StoreRecovery& keeper) { return keeper.transcript(id); },
                          std::move(done));
}

void Store::stop(std::function<void(bool)> done) { front_->stop(std::move(done)); }

}  // namespace sonde::store
