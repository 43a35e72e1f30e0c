#include "daemon/notify/destination_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "daemon/log/log.hpp"
#include "daemon/notify/alertmanager.hpp"
#include "daemon/notify/queue_codec.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

asio::awaitable<Posted> answered(std::function<Posted(const Receiver&, const Message&)> answer,
                                 std::shared_ptr<const Receiver> place, Message message) {
  co_return answer(*place, message);
}

// How long a removed destination is sent the end of its incidents.
constexpr Span leaving_max = std::chrono::hours(1);

Queue::Options queue_options(const Receiver& place) {
  return {.resolved_kept = place.keeps_state() ? resolved_kept : Span::zero()};
}

}  // namespace

DestinationQueue::DestinationQueue(net::Network& network, Destination destination, Options options)
    : network_(network),
      destination_(std::move(destination)),
      options_(std::move(options)),
      queue_(queue_options(*destination_.place)),
      random_(options_.seed),
      timer_(network.executor()) {}

void DestinationQueue::assign(Destination destination) {
  if (destination.key != destination_.key) {
    queue_.note_all();
    place_noted_.clear();
  }
  destination_ = std::move(destination);
  pump();
}

// An alert that always fires causes no page: it is only for receivers that check its presence or
// select it by name.
bool DestinationQueue::is_notified(const Alert& alert) const {
  const auto severity = alert.labels.find("severity");
  const bool for_nobody = severity != alert.labels.end() && severity->second == "none";
  const When& when = destination_.routing.when;
  if (for_nobody && when.alert.empty() && !destination_.place->keeps_state()) return false;
  return matches(when, alert);
}

void DestinationQueue::update(const std::vector<Alert>& current, WallTime now) {
  std::vector<Alert> mine;
  for (const auto& alert : current) {
    const bool notified = is_notified(alert);
    if (!notified && !queue_.has_notified(fingerprint(alert.labels))) continue;
    mine.push_back(alert);
    mine.back().muted |= !notified;  // it was routed here before: only its end is sent
  }
  tell_by_itself(mine);
  queue_.update(mine, now);
  if (failures_ > 0) queue_.failed();
  pump();
}

std::optional<Outgoing> DestinationQueue::next() const {
  const WallTime now = options_.now();
  if (!halves_.empty())
    return Outgoing{.due = {.why = Why::resend, .at = now}, .group = {}, .alerts = halves_.back()};
  auto found = next_outgoing(queue_, *destination_.place, destination_.routing.grouping, now);
  if (found && leaving_) found->due.at = std::min(found->due.at, now);
  return found;
}

// Sends what is due, or waits until something is.
void DestinationQueue::pump() {
  if (busy_ || closed_ || given_up_) return;
  const auto outgoing = next();
  if (!outgoing) return;
  const Span until_due = outgoing->due.at - options_.now();
  const Span span = std::max(until_due, Span(quiet_until_ - options_.elapsed()));
  if (span > Span::zero()) return wait(span);
  if (!halves_.empty()) halves_.pop_back();
  send(*outgoing);
}

void DestinationQueue::wait(Span span) {
  if (stopping_) return;
  // At most a minute, because the wall clock may be set while the timer runs.
  timer_.expires_after(std::min<Span>(span, std::chrono::minutes(1)));
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto self = weak.lock();
    if (self && !error) self->pump();
  });
}

bool DestinationQueue::has_open() const {
  return std::ranges::any_of(queue_.all(),
                             [](const auto& one) { return one.second.may_be_open(); });
}

void DestinationQueue::send(const Outgoing& outgoing) {
  // What is open ends under the key that it was opened with.
  if (!has_open()) entry_ = destination_.entry;
  Message message{.receiver = destination_.receiver,
                  .group = outgoing.group,
                  .alerts = told_alerts(queue_, outgoing.alerts),
                  .now = options_.now(),
                  .external_url = options_.external_url,
                  .entry = entry_,
                  .incident = outgoing.incident};
  if (message.alerts.empty()) return pump();  // of a half that has been forgotten since
  message.aside = set_aside(message.alerts, queue_, outgoing.due.why);
  flying_ = outgoing.alerts;
  sent_ = queue_.begin(outgoing.alerts, outgoing.incident);
  busy_ = true;
  cut_ = std::make_shared<asio::cancellation_signal>();
  const auto& place = destination_.reached();
  auto posting = options_.answer ? answered(options_.answer, place, std::move(message))
                                 : post(network_, place, std::move(message), last_);
  auto done = [self = shared_from_this()](const std::exception_ptr& thrown, const Posted& posted) {
    self->landed(thrown, posted);
  };
  asio::co_spawn(network_.executor(), std::move(posting),
                 asio::bind_cancellation_slot(cut_->slot(), std::move(done)));
}

// Asio throws if a message is cancelled before its first step.
void DestinationQueue::landed(const std::exception_ptr& thrown, const Posted& posted) {
  busy_ = false;
  if (thrown && !closed_) std::rethrow_exception(thrown);
  if (!thrown && !posted.stopped) {
    counts_.count(posted, options_.now());
    settle(posted.receipt);
  }
  options_.changed();
  pump();
}

void DestinationQueue::settle(const Receipt& receipt) {
  if (receipt.outcome == DeliveryOutcome::accepted) {
    queue_.accepted(sent_, options_.now());
    if (options_.accepted) options_.accepted(destination_.label, sent_);
  }
  tell(receipt);
  switch (receipt.outcome) {
    case DeliveryOutcome::accepted:
      failures_ = 0;
      if (queue_.undelivered().empty()) failing_since_.reset();
      asked_quiet_.reset();
      return;
    case DeliveryOutcome::retry:
      return put_off(receipt);
    case DeliveryOutcome::refused:
      return refuse();
    case DeliveryOutcome::split:
      return flying_.size() > 1 ? split() : refuse();
  }
}

void DestinationQueue::failed() {
  if (!failing_since_ || queue_.undelivered().empty()) failing_since_ = options_.elapsed();
  given_up_ = stopping_;
}

void DestinationQueue::put_off(const Receipt& receipt) {
  failed();
  queue_.failed();
  const Span wait = wait_after(options_.backoff, ++failures_, receipt.wait, random_());
  quiet_until_ = options_.elapsed() + wait;
  asked_quiet_.reset();
  if (receipt.wait)
    asked_quiet_ = options_.now() + std::chrono::duration_cast<WallTime::duration>(wait);
}

void DestinationQueue::split() {
  const auto middle = flying_.begin() + static_cast<std::ptrdiff_t>(flying_.size() / 2);
  halves_.emplace_back(middle, flying_.end());
  halves_.emplace_back(flying_.begin(), middle);
}

// Everything is tried again later. A destination that keeps state may refuse one alert and accept
// others, so the rest of a message is sent even while the daemon stops.
void DestinationQueue::refuse() {
  failed();
  queue_.refused(sent_, options_.now());
  given_up_ &= !destination_.place->keeps_state();
  if (leaving_) quiet_until_ = options_.elapsed() + options_.backoff.cap;
}

void DestinationQueue::stop() {
  stopping_ = true;
  timer_.cancel();
  pump();
}

void DestinationQueue::leave() {
  const bool reached = destination_.reached()->identity() == destination_.identity;
  if (!reached || !destination_.place->holds_incidents()) return close();
  leaving_ = true;
  left_ = options_.elapsed();
  queue_.end_all(options_.now());
  pump();
}

bool DestinationQueue::has_left() const {
  const bool late = options_.elapsed() - left_ >= leaving_max;
  return !busy_ && (closed_ || late || queue_.waiting() == 0);
}

bool DestinationQueue::settled() const {
  if (busy_ || closed_ || given_up_) return !busy_;
  const auto outgoing = next();
  const bool due = outgoing && outgoing->due.at <= options_.now();
  return !due || quiet_until_ > options_.elapsed();
}

// Outside the loop the signal is only posted, so it has to live until it is delivered.
void DestinationQueue::close() {
  closed_ = true;
  timer_.cancel();
  if (!busy_) return;
  cut_->emit(asio::cancellation_type::terminal);
  asio::post(network_.executor(), [cut = cut_] {});
}

namespace {

constexpr std::string_view component = "receiver";

std::string key_of(const Destination& destination, std::uint64_t alert) {
  return fmt::format("{} {:016x}", destination.key, alert);
}

// "pager", or "pager/am1:9093" if the receiver has several places.
std::string label_of(const ReceiverEntry& entry, const std::string& place) {
  if (entry.places.size() == 1) return entry.name;
  const auto scheme = place.find("://");
  return entry.name + "/" + (scheme == place.npos ? place : place.substr(scheme + 3));
}

// Whether another entry leads there, too.
bool shares_place(const Destination& one, const std::vector<Destination>& all) {
  return !one.identity.empty() && std::ranges::any_of(all, [&](const Destination& other) {
    return other.identity == one.identity && other.receiver != one.receiver;
  });
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
                     .entry = {},
                     .routing = entry.routing,
                     .place = place,
                     .pinned = place->pinned()});
      // A second read could yield another secret.
      if (all.back().pinned) all.back().identity = all.back().pinned->identity();
    }
  for (auto& one : all)
    if (shares_place(one, all)) one.entry = one.receiver;
  return all;
}

bool Destination::has_moved() const {
  const std::string now = place->identity();
  return !now.empty() && now != identity;
}

StateRecord DestinationQueue::place_note() const {
  return {.component = std::string(component),
          .key = destination_.key,
          .text = note_of({.last = last_,
                           .quiet_until = asked_quiet_,
                           .identity = destination_.identity,
                           .entry = entry_})};
}

std::vector<StateRecord> DestinationQueue::take_notes() {
  std::vector<StateRecord> notes;
  for (auto who : queue_.take_changed()) {
    const auto found = queue_.all().find(who);
    notes.push_back({.component = std::string(component),
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
      {.component = std::string(component), .key = destination_.key, .text = ""}};
  for (const auto& [who, pending] : queue_.all())
    notes.push_back(
        {.component = std::string(component), .key = key_of(destination_, who), .text = ""});
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
  entry_ = place->entry;
  asked_quiet_ = place->quiet_until;
  place_noted_ = note.text;
  if (!place->quiet_until) return;
  // At most as long as a destination may ask for, whatever the clock says now.
  const Span quiet = *place->quiet_until - options_.now();
  quiet_until_ = options_.elapsed() + std::min<Span>(quiet, std::chrono::hours(1));
}

void DestinationQueue::adopt(const StateRecord& note) {
  if (const auto place = place_of(note.text)) entry_ = place->entry;
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
  for (const std::uint64_t alert : undelivered(delivery_patience))
    facts.undelivered.push_back({alert, queue_.all().at(alert).shown_firing()});
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

// Logged once per change: otherwise a destination that is down for hours, or that refuses one
// alert, would fill the log.
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
