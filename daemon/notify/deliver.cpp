#include "daemon/notify/deliver.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <boost/asio/post.hpp>

#include "daemon/notify/pipeline.hpp"

namespace sonde {
namespace {

namespace asio = boost::asio;

constexpr Span delivery_patience = std::chrono::minutes(2);

using PipelinePtr = std::shared_ptr<Pipeline>;

bool is_same(const Destination& a, const Destination& b) {
  return a.key == b.key && a.place->keeps_state() == b.place->keeps_state();
}

// A note is the place's own, or one of its alerts'.
bool is_of(const Note& note, const Destination& destination) {
  return note.key == destination.key || note.key.starts_with(destination.key + " ");
}

}  // namespace

struct Notifier::State : std::enable_shared_from_this<State> {
  State(net::Network& on, Options given) : network(on), options(std::move(given)) {}

  net::Network& network;
  Options options;
  std::vector<PipelinePtr> pipelines;
  std::vector<std::weak_ptr<Pipeline>> leaving;  // with a message under way
  std::vector<Note> forgotten;
  asio::steady_timer limit{network.executor()};
  std::function<void()> done;
  bool stopping = false;
  std::uint64_t made = 0;

  PipelinePtr find(const Destination& destination) const;
  PipelinePtr make(Destination destination);
  void leave(const PipelinePtr& pipeline);
  void changed();
  bool settled() const;
  bool idle() const;
  void close();
  void end();
  void end_soon();
};

PipelinePtr Notifier::State::find(const Destination& destination) const {
  for (const auto& pipeline : pipelines)
    if (is_same(pipeline->destination(), destination)) return pipeline;
  return nullptr;
}

PipelinePtr Notifier::State::make(Destination destination) {
  Pipeline::Options own{.now = options.now,
                        .changed = [this] { changed(); },
                        .external_url = options.external_url,
                        .backoff = options.backoff,
                        .seed = options.seed + made++};
  return std::make_shared<Pipeline>(network, std::move(destination), std::move(own));
}

void Notifier::State::leave(const PipelinePtr& pipeline) {
  auto notes = pipeline->forget();
  forgotten.insert(forgotten.end(), notes.begin(), notes.end());
  pipeline->close();
  leaving.push_back(pipeline);
}

void Notifier::State::changed() {
  if (!stopping) return options.changed();
  end_soon();
}

// When the message that has just ended has left its pipeline.
void Notifier::State::end_soon() {
  asio::post(network.executor(), [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->end();
  });
}

bool Notifier::State::settled() const { return std::ranges::all_of(pipelines, &Pipeline::settled); }

// Nothing refers to the network any more.
bool Notifier::State::idle() const {
  return settled() && std::ranges::all_of(leaving, &std::weak_ptr<Pipeline>::expired);
}

void Notifier::State::close() {
  for (const auto& pipeline : pipelines) pipeline->close();
}

void Notifier::State::end() {
  if (!done || !idle()) return;
  limit.cancel();
  close();
  std::exchange(done, nullptr)();
}

Notifier::Notifier(net::Network& network, Options options)
    : state_(std::make_shared<State>(network, std::move(options))) {}

Notifier::~Notifier() {
  if (!state_->idle()) std::abort();
}

void Notifier::assign(const std::vector<ReceiverEntry>& entries) {
  std::vector<PipelinePtr> next;
  for (auto& destination : destinations_of(entries)) {
    auto pipeline = state_->find(destination);
    if (pipeline)
      pipeline->assign(std::move(destination));
    else
      pipeline = state_->make(std::move(destination));
    next.push_back(std::move(pipeline));
  }
  std::swap(state_->pipelines, next);
  for (const auto& pipeline : next)
    if (state_->find(pipeline->destination()) != pipeline) state_->leave(pipeline);
  next.clear();
  std::erase_if(state_->leaving, [](const auto& weak) { return weak.expired(); });
}

void Notifier::restore(std::span<const Note> notes) {
  for (const auto& note : notes) {
    if (note.room != "receiver") continue;
    const auto owner = std::ranges::find_if(state_->pipelines, [&](const PipelinePtr& pipeline) {
      return is_of(note, pipeline->destination());
    });
    if (owner == state_->pipelines.end())
      state_->forgotten.push_back({.room = note.room, .key = note.key, .text = ""});
    else
      (*owner)->restore(note);
  }
}

void Notifier::update(const std::vector<Alert>& current, WallTime now) {
  if (state_->stopping) return;
  for (const auto& pipeline : state_->pipelines) pipeline->update(current, now);
}

std::vector<Note> Notifier::take_notes() {
  auto notes = std::exchange(state_->forgotten, {});
  for (const auto& pipeline : state_->pipelines)
    for (auto& note : pipeline->take_notes()) notes.push_back(std::move(note));
  return notes;
}

std::vector<ReceiverFacts> Notifier::facts() const {
  std::vector<ReceiverFacts> all;
  for (const auto& pipeline : state_->pipelines) all.push_back(pipeline->facts());
  return all;
}

bool Notifier::delivers() const {
  const auto& all = state_->pipelines;
  return all.empty() || std::ranges::any_of(all, [](const auto& pipeline) {
           return pipeline->delivers(delivery_patience);
         });
}

void Notifier::stop(Span limit, std::function<void()> done) {
  state_->stopping = true;
  state_->done = std::move(done);
  for (const auto& pipeline : state_->pipelines) pipeline->stop();
  state_->limit.expires_after(limit);
  state_->limit.async_wait([weak = std::weak_ptr(state_)](boost::system::error_code error) {
    const auto state = weak.lock();
    if (!state || error) return;
    state->close();
    state->end_soon();
  });
  state_->end_soon();
}

}  // namespace sonde
