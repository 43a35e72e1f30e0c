#include "daemon/app/persistence.hpp"

#include <utility>

namespace sonde::app {

std::expected<std::unique_ptr<Persistence>, std::string> Persistence::open(
    const store::StorageSettings& settings, boost::asio::any_io_executor main,
    std::function<void(Changes&)> gather, std::function<bool(const Result&)> excluded) {
  auto memory = std::make_unique<Persistence>();
  if (settings.path.empty()) return memory;
  auto store = store::Store::open(settings, main);
  if (!store) return std::unexpected(store.error());
  memory->store_ = std::move(*store);
  store::Store* kept_in = memory->store_.get();
  store::Recorder::Options options{.gather = std::move(gather),
                                   .write =
                                       [kept_in](Changes changes, store::Recorder::Kept kept) {
                                         kept_in->write(std::move(changes), std::move(kept));
                                       },
                                   .takes_traces = [kept_in] { return kept_in->takes_traces(); },
                                   .excluded = std::move(excluded),
                                   .passed_every = settings.passed_every};
  memory->recorder_ = std::make_unique<store::Recorder>(std::move(main), std::move(options));
  return memory;
}

RestoredState Persistence::take_remembered() {
  return store_ ? store_->take_remembered() : RestoredState{};
}

void Persistence::accept(const ResultPtr& result) {
  if (recorder_) recorder_->accept(result);
}

void Persistence::changed() {
  if (recorder_) recorder_->changed();
}

void Persistence::keep(std::function<void()> then) {
  write([then = std::move(then)](bool) { then(); });
}

void Persistence::write(std::function<void(bool)> then) {
  if (!recorder_) return then(true);
  recorder_->flush_now(std::move(then));
}

StoreFacts Persistence::facts() const { return store_ ? store_->facts() : StoreFacts{}; }

void Persistence::stop(std::function<void(bool)> done) {
  if (!store_) return done(true);
  recorder_->finish();
  keep([this, done = std::move(done)]() mutable { store_->stop(std::move(done)); });
}

}  // namespace sonde::app
