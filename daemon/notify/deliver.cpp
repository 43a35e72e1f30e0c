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
#include "daemon/notify/queue_codec.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

// How often secrets are read to detect that they were replaced.
constexpr Span look_every = std::chrono::seconds(10);

using DestinationQueuePtr = std::shared_ptr<DestinationQueue>;

// Whether what `a` was sent is known at `b`. A secret that cannot be read gives no answer.
bool is_same_place(const Destination& a, const Destination& b) {
  const bool unknown = a.identity.empty() || b.identity.empty();
  return a.place->keeps_state() == b.place->keeps_state() &&
         (unknown ? a.key == b.key : a.identity == b.identity);
}

bool is_same(const Destination& a, const Destination& b) {
  return a.key == b.key && is_same_place(a, b);
}

// The key of the destination: of its own record the key, of an alert's record the part before the
// fingerprint.
std::string place_key(const StateRecord& note,
                      const std::map<std::string, std::string>& identities) {
  constexpr std::size_t fingerprint = 17;
  if (identities.contains(note.key) || note.key.size() <= fingerprint) return note.key;
  return note.key.substr(0, note.key.size() - fingerprint);
}

// The identity of each destination with records.
std::map<std::string, std::string> identities_in(std::span<const StateRecord> notes) {
  std::map<std::string, std::string> all;
  for (const auto& note : notes)
    if (note.component == "receiver")
      if (const auto place = place_of(note.text)) all[note.key] = place->identity;
  return all;
}

}  // namespace

struct Notifier::State : std::enable_shared_from_this<State> {
  State(net::Network& on, Options given) : network(on), options(std::move(given)) {}

  net::Network& network;
  Options options;
  std::vector<DestinationQueuePtr> pipelines;
  std::vector<DestinationQueuePtr>
      leaving;  // with a message in flight, or an end that has to be sent
  std::vector<StateRecord> forgotten;
  asio::steady_timer limit{network.executor()};
  std::function<void()> done;
  bool stopping = false;
  std::uint64_t made = 0;
  std::vector<ReceiverEntry> entries;  // as assigned
  WallTime looked;                     // when their secrets were last read

  DestinationQueuePtr find(const Destination& destination) const;
  DestinationQueuePtr find_renamed(const Destination& destination,
                                   const std::vector<Destination>& wanted,
                                   const std::vector<DestinationQueuePtr>& taken) const;
  void restore(const StateRecord& note, const std::map<std::string, std::string>& identities);
  void take_over(const StateRecord& note, const std::string& key);
  DestinationQueuePtr make(Destination destination);
  void leave(const DestinationQueuePtr& pipeline);
  bool is_time_to_look(WallTime now);
  bool has_moved() const;
  void changed();
  bool settled() const;
  bool idle() const;
  void close();
  void end();
  void end_soon();
};

DestinationQueuePtr Notifier::State::find(const Destination& destination) const {
  for (const auto& pipeline : pipelines)
    if (is_same(pipeline->destination(), destination)) return pipeline;
  return nullptr;
}

// The queue of the same destination under a key that is no longer used.
DestinationQueuePtr Notifier::State::find_renamed(
    const Destination& destination, const std::vector<Destination>& wanted,
    const std::vector<DestinationQueuePtr>& taken) const {
  for (const auto& pipeline : pipelines) {
    const Destination& old = pipeline->destination();
    const bool used = std::ranges::find(wanted, old.key, &Destination::key) != wanted.end() ||
                      std::ranges::find(taken, pipeline) != taken.end();
    if (!used && is_same_place(old, destination)) return pipeline;
  }
  return nullptr;
}

// Another destination now has this key. It is sent what could not be delivered to the old one.
// Incidents that are open there cannot be resolved, because the secret for it is no longer known.
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

DestinationQueuePtr Notifier::State::make(Destination destination) {
  DestinationQueue::Options own{.now = options.now,
                                .elapsed = options.elapsed,
                                .changed = [this] { changed(); },
                                .accepted = options.accepted,
                                .answer = options.answer,
                                .external_url = options.external_url,
                                .backoff = options.backoff,
                                .seed = options.seed + made++};
  return std::make_shared<DestinationQueue>(network, std::move(destination), std::move(own));
}

void Notifier::State::leave(const DestinationQueuePtr& pipeline) {
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

// Call when the last message has finished and its queue has been updated.
void Notifier::State::end_soon() {
  asio::post(network.executor(), [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->end();
  });
}

bool Notifier::State::settled() const {
  return std::ranges::all_of(pipelines, &DestinationQueue::settled);
}

// Whether nothing uses the network any more.
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
  std::vector<DestinationQueuePtr> next;
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
    if (destination.identity.empty()) {  // a secret that cannot be read now counts as unchanged
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

// A destination that is another one under its key knows nothing of what the old one was sent; a
// renamed one knows all of it.
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
  forgotten.push_back({.component = note.component, .key = note.key, .text = ""});
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
    if (note.component == "receiver") state_->restore(note, identities);
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

// It is sufficient if each firing alert is known at the destination or at another one.
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
