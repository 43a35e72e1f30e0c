#include "daemon/notify/deliver.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <utility>

#include <boost/asio/post.hpp>

#include "daemon/core/alert_json.hpp"
#include "daemon/log/log.hpp"
#include "daemon/notify/destination_queue.hpp"
#include "daemon/notify/queue_note.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

// How often secrets are read to see whether they were replaced where they stand.
constexpr Span look_every = std::chrono::seconds(10);

using PipelinePtr = std::shared_ptr<DestinationQueue>;

// Whether what the one was told is known at the other. A secret that cannot be read says nothing.
bool is_same_place(const Destination& a, const Destination& b) {
  const bool unknown = a.identity.empty() || b.identity.empty();
  return a.place->keeps_state() == b.place->keeps_state() &&
         (unknown ? a.key == b.key : a.identity == b.identity);
}

bool is_same(const Destination& a, const Destination& b) {
  return a.key == b.key && is_same_place(a, b);
}

// Of a place's own note the key, of one of an alert's what stands before the fingerprint.
std::string place_key(const StateRecord& note,
                      const std::map<std::string, std::string>& identities) {
  constexpr std::size_t fingerprint = 17;
  if (identities.contains(note.key) || note.key.size() <= fingerprint) return note.key;
  return note.key.substr(0, note.key.size() - fingerprint);
}

// Of each place of which there are notes.
std::map<std::string, std::string> identities_in(std::span<const StateRecord> notes) {
  std::map<std::string, std::string> all;
  for (const auto& note : notes)
    if (note.room == "receiver")
      if (const auto place = place_of(note.text)) all[note.key] = place->identity;
  return all;
}

}  // namespace

struct Notifier::State : std::enable_shared_from_this<State> {
  State(net::Network& on, Options given) : network(on), options(std::move(given)) {}

  net::Network& network;
  Options options;
  std::vector<PipelinePtr> pipelines;
  std::vector<PipelinePtr> leaving;  // with a message under way, or an end that is still owed
  std::vector<StateRecord> forgotten;
  asio::steady_timer limit{network.executor()};
  std::function<void()> done;
  bool stopping = false;
  std::uint64_t made = 0;
  std::vector<ReceiverEntry> entries;  // as they were assigned
  WallTime looked;                     // after their secrets

  PipelinePtr find(const Destination& destination) const;
  PipelinePtr find_renamed(const Destination& destination, const std::vector<Destination>& wanted,
                           const std::vector<PipelinePtr>& taken) const;
  void restore(const StateRecord& note, const std::map<std::string, std::string>& identities);
  void take_over(const StateRecord& note, const std::string& key);
  PipelinePtr make(Destination destination);
  void leave(const PipelinePtr& pipeline);
  bool is_time_to_look(WallTime now);
  bool has_moved() const;
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

// The same place, of which the key is not used any more.
PipelinePtr Notifier::State::find_renamed(const Destination& destination,
                                          const std::vector<Destination>& wanted,
                                          const std::vector<PipelinePtr>& taken) const {
  for (const auto& pipeline : pipelines) {
    const Destination& old = pipeline->destination();
    const bool used = std::ranges::find(wanted, old.key, &Destination::key) != wanted.end() ||
                      std::ranges::find(taken, pipeline) != taken.end();
    if (!used && is_same_place(old, destination)) return pipeline;
  }
  return nullptr;
}

// Another place stands under its key now. It is told what the old one was told in vain; what is
// open there nobody can resolve, for the secret that leads there is known no more.
void Notifier::State::take_over(const StateRecord& note, const std::string& key) {
  const auto pending = pending_of(note.text);
  if (!pending) return;
  for (const auto& pipeline : pipelines) {
    const Destination& own = pipeline->destination();
    if (own.key != key) continue;
    pipeline->take_missed(*pending);
    if (!own.place->holds_incidents() || !pending->known_firing()) continue;
    log::say(log::Level::warning, "an incident stays open at the old service of a receiver",
             {{"receiver", own.label},
              {"alert", name_of(pending->alert)},
              {"detail", "its key was replaced while the daemon was down: resolve it by hand"}});
  }
}

PipelinePtr Notifier::State::make(Destination destination) {
  DestinationQueue::Options own{.now = options.now,
                                .elapsed = options.elapsed,
                                .changed = [this] { changed(); },
                                .answer = options.answer,
                                .external_url = options.external_url,
                                .backoff = options.backoff,
                                .seed = options.seed + made++};
  return std::make_shared<DestinationQueue>(network, std::move(destination), std::move(own));
}

void Notifier::State::leave(const PipelinePtr& pipeline) {
  auto notes = pipeline->forget();
  forgotten.insert(forgotten.end(), notes.begin(), notes.end());
  pipeline->leave();
  leaving.push_back(pipeline);
}

bool Notifier::State::is_time_to_look(WallTime now) {
  if (now - looked < look_every && now >= looked) return false;
  looked = now;
  return true;
}

bool Notifier::State::has_moved() const {
  return std::ranges::any_of(
      pipelines, [](const auto& pipeline) { return pipeline->destination().has_moved(); });
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

bool Notifier::State::settled() const {
  return std::ranges::all_of(pipelines, &DestinationQueue::settled);
}

// Nothing refers to the network any more.
bool Notifier::State::idle() const {
  return settled() && std::ranges::all_of(leaving, &DestinationQueue::settled);
}

void Notifier::State::close() {
  for (const auto& pipeline : pipelines) pipeline->close();
  for (const auto& pipeline : leaving) pipeline->close();
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
  state_->entries = entries;
  auto wanted = destinations_of(entries);
  for (auto& destination : wanted) {
    auto pipeline = state_->find(destination);
    if (!pipeline) pipeline = state_->find_renamed(destination, wanted, next);
    if (!pipeline) {
      next.push_back(state_->make(destination));
      for (const auto& before : state_->pipelines)
        if (before->destination().key == destination.key) next.back()->take_missed(*before);
      continue;
    }
    const Destination& old = pipeline->destination();
    if (old.key != destination.key)
      std::ranges::move(pipeline->forget(), std::back_inserter(state_->forgotten));
    if (destination.identity.empty()) {  // a secret that cannot be read now is what it was
      destination.identity = old.identity;
      destination.pinned = old.pinned;
      destination.entry = old.entry;
    }
    pipeline->assign(destination);
    next.push_back(std::move(pipeline));
  }
  std::swap(state_->pipelines, next);
  for (const auto& pipeline : next)
    if (std::ranges::find(state_->pipelines, pipeline) == state_->pipelines.end())
      state_->leave(pipeline);
}

// A place that has become another under its key knows nothing of what the old one was told, and one
// that was renamed knows all of it.
void Notifier::State::restore(const StateRecord& note,
                              const std::map<std::string, std::string>& identities) {
  const std::string key = place_key(note, identities);
  const auto known = identities.find(key);
  const std::string identity = known != identities.end() ? known->second : "";
  for (const auto& pipeline : pipelines) {
    const Destination& own = pipeline->destination();
    const bool same = identity.empty() || own.identity.empty() || identity == own.identity;
    if (own.key == key && same) return pipeline->restore(note);
  }
  forgotten.push_back({.room = note.room, .key = note.key, .text = ""});
  take_over(note, key);
  if (identity.empty()) return;
  for (const auto& pipeline : pipelines) {
    const Destination& own = pipeline->destination();
    if (own.identity == identity && !identities.contains(own.key)) return pipeline->adopt(note);
  }
}

void Notifier::restore(std::span<const StateRecord> notes) {
  const auto identities = identities_in(notes);
  for (const auto& note : notes)
    if (note.room == "receiver") state_->restore(note, identities);
}

void Notifier::update(const std::vector<Alert>& current, WallTime now) {
  if (state_->stopping) return;
  if (state_->is_time_to_look(now) && state_->has_moved()) assign(state_->entries);
  std::erase_if(state_->leaving, [](const auto& pipeline) { return pipeline->has_left(); });
  for (const auto& pipeline : state_->leaving) pipeline->update({}, now);
  for (const auto& pipeline : state_->pipelines) pipeline->update(current, now);
}

std::vector<StateRecord> Notifier::take_notes() {
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

// Of a place alone it is enough that it knows of all that fires, or that another one does.
std::string Notifier::undelivered(Span patience) const {
  const auto& all = state_->pipelines;
  const auto known = [&](std::uint64_t alert) {
    return std::ranges::any_of(
        all, [alert](const auto& pipeline) { return pipeline->knows_firing(alert); });
  };
  const bool none = std::ranges::none_of(
      all, [patience](const auto& pipeline) { return pipeline->delivers(patience); });
  for (const auto& pipeline : all)
    for (auto alert : pipeline->undelivered(patience))
      if (none || (pipeline->fires(alert) && !known(alert))) return pipeline->destination().label;
  return "";
}

void Notifier::stop(Span limit, std::function<void()> done) {
  state_->stopping = true;
  state_->done = std::move(done);
  for (const auto& pipeline : state_->pipelines) pipeline->stop();
  for (const auto& pipeline : state_->leaving) pipeline->stop();
  state_->limit.expires_after(limit);
  state_->limit.async_wait([weak = std::weak_ptr(state_)](boost::system::error_code error) {
    const auto state = weak.lock();
    if (!state || error) return;
    state->close();
    state->end_soon();
  });
  state_->end_soon();
}

}  // namespace sonde::notify
