#include <fmt/format.h>

#include <algorithm>

#include "daemon/log/log.hpp"
#include "daemon/notify/destination_queue.hpp"
#include "daemon/notify/queue_note.hpp"

namespace sonde::notify {
namespace {

using log::Level;

constexpr std::string_view room = "receiver";

std::string key_of(const Destination& destination, std::uint64_t alert) {
  return fmt::format("{} {:016x}", destination.key, alert);
}

// "pager", or "pager/am1:9093" if the receiver has several places.
std::string label_of(const ReceiverEntry& entry, const std::string& place) {
  if (entry.places.size() == 1) return entry.name;
  const auto scheme = place.find("://");
  return entry.name + "/" + (scheme == place.npos ? place : place.substr(scheme + 3));
}

}  // namespace

std::vector<Destination> destinations_of(const std::vector<ReceiverEntry>& entries) {
  std::vector<Destination> all;
  for (const auto& entry : entries)
    for (const auto& place : entry.places) {
      std::string key = entry.name + " " + place->place();
      if (std::ranges::find(all, key, &Destination::key) != all.end()) continue;
      all.push_back({.key = std::move(key),
                     .identity = place->identity(),
                     .label = label_of(entry, place->place()),
                     .receiver = entry.name,
                     .routing = entry.routing,
                     .place = place,
                     .pinned = place->pinned()});
      // Read once more, it may be another one.
      if (all.back().pinned) all.back().identity = all.back().pinned->identity();
    }
  return all;
}

bool Destination::has_moved() const {
  const std::string now = place->identity();
  return !now.empty() && now != identity;
}

StateRecord DestinationQueue::place_note() const {
  return {.room = std::string(room),
          .key = destination_.key,
          .text = note_of(
              {.last = last_, .quiet_until = asked_quiet_, .identity = destination_.identity})};
}

std::vector<StateRecord> DestinationQueue::take_notes() {
  std::vector<StateRecord> notes;
  for (auto who : queue_.take_changed()) {
    const auto found = queue_.all().find(who);
    notes.push_back({.room = std::string(room),
                     .key = key_of(destination_, who),
                     .text = found == queue_.all().end() ? "" : note_of(found->second)});
  }
  StateRecord place = place_note();
  if (place.text != place_noted_) {
    place_noted_ = place.text;
    notes.push_back(std::move(place));
  }
  return notes;
}

std::vector<StateRecord> DestinationQueue::forget() const {
  std::vector<StateRecord> notes = {
      {.room = std::string(room), .key = destination_.key, .text = ""}};
  for (const auto& [who, pending] : queue_.all())
    notes.push_back({.room = std::string(room), .key = key_of(destination_, who), .text = ""});
  return notes;
}

void DestinationQueue::restore(const StateRecord& note) {
  if (note.key != destination_.key) {
    if (auto pending = pending_of(note.text)) queue_.restore(std::move(*pending));
    return;
  }
  const auto place = place_of(note.text);
  if (!place) return;
  last_ = place->last;
  asked_quiet_ = place->quiet_until;
  place_noted_ = note.text;
  if (!place->quiet_until) return;
  // Not for longer than any place may ask, whatever the clock says now.
  const Span quiet = *place->quiet_until - options_.now();
  quiet_until_ = options_.elapsed() + std::min<Span>(quiet, std::chrono::hours(1));
}

void DestinationQueue::adopt(const StateRecord& note) {
  auto pending = pending_of(note.text);
  if (!pending) return;
  queue_.restore(std::move(*pending));
  queue_.note_all();
}

void DestinationQueue::take_missed(const DestinationQueue& before) {
  for (const auto& [who, pending] : before.queue_.all()) take_missed(pending);
}

void DestinationQueue::take_missed(const Pending& pending) {
  if (pending.known_firing() || !(pending.missed || pending.failed)) return;
  queue_.restore({.alert = pending.alert, .missed = pending.missed, .failed = pending.failed});
  queue_.note_all();
}

ReceiverFacts DestinationQueue::facts() const {
  ReceiverFacts facts = counts_.facts();
  facts.name = destination_.label;
  facts.dropped += queue_.dropped();
  facts.queue_length = queue_.waiting();
  facts.queue_capacity = queue_.capacity();
  return facts;
}

bool DestinationQueue::delivers(Span patience) const { return undelivered(patience).empty(); }

std::vector<std::uint64_t> DestinationQueue::undelivered(Span patience) const {
  if (!failing_since_ || options_.elapsed() - *failing_since_ < patience) return {};
  return queue_.undelivered();
}

bool DestinationQueue::knows_firing(std::uint64_t alert) const {
  const auto found = queue_.all().find(alert);
  return found != queue_.all().end() && found->second.known_firing();
}

bool DestinationQueue::fires(std::uint64_t alert) const {
  const auto found = queue_.all().find(alert);
  return found != queue_.all().end() && found->second.fires();
}

// Once a change, or a place that is down for a night, or that refuses one alert, fills the log.
void DestinationQueue::tell(const Receipt& receipt) {
  if (receipt.trouble == DeliveryError::none && queue_.has_refused()) return;
  const DeliveryError before = std::exchange(trouble_, receipt.trouble);
  if (receipt.trouble == before) return;
  const bool well = receipt.trouble == DeliveryError::none;
  log::say(well ? log::Level::info : log::Level::warning,
           well ? "a receiver takes alerts again" : "a receiver does not take alerts",
           {{"receiver", destination_.label},
            {"place", destination_.place->place()},
            {"reason", std::string(name(receipt.trouble))},
            {"detail", receipt.detail}});
}

}  // namespace sonde::notify
