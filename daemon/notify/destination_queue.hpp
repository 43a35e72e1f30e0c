#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/core/change.hpp"
#include "daemon/notify/deliver_counts.hpp"
#include "daemon/notify/outgoing.hpp"
#include "daemon/notify/queue.hpp"
#include "probes/text/random.hpp"

namespace sonde::notify {

// A receiver that has not taken an alert for so long is named.
constexpr Span delivery_patience = std::chrono::minutes(2);

// A destination for alerts: an entry of `receivers:`, or one of its URLs.
struct Destination {
  std::string key;       // key of its records in the store
  std::string identity;  // what the destination is; it may change under the same key
  std::string label;     // its label in metrics
  std::string receiver;
  std::string entry;  // its name where another entry leads to the same place; see Message
  Routing routing;
  std::shared_ptr<const Receiver> place;        // as it is configured
  std::shared_ptr<const Receiver> pinned = {};  // as when `identity` was computed; may be null
  const std::shared_ptr<const Receiver>& reached() const { return pinned ? pinned : place; }
  // Its secret reference now yields another secret.
  bool has_moved() const;
};
// The destinations of all entries.
std::vector<Destination> destinations_of(const std::vector<ReceiverEntry>& entries);

// Delivers alerts to one destination: holds its queue, at most one message in flight, and the timer
// for the next one, on the loop of `network`. The decisions are made by pure functions. The message
// in flight keeps the object alive.
class DestinationQueue : public std::enable_shared_from_this<DestinationQueue> {
 public:
  struct Options {
    std::function<WallTime()> now;
    std::function<Instant()> elapsed = [] { return Clock::now(); };
    std::function<void()> changed;  // a message was sent, or could not be sent
    // The destination accepted these alerts.
    std::function<void(const std::string& receiver, std::span<const Queue::Sent>)> accepted = {};
    std::function<Posted(const Receiver&, const Message&)> answer = {};  // see Notifier
    std::string external_url;
    Backoff backoff;
    std::uint64_t seed = 0;
  };
  DestinationQueue(net::Network& network, Destination destination, Options options);

  // The same destination with another configuration; its records move if the key is another.
  void assign(Destination destination);
  const Destination& destination() const { return destination_; }
  void restore(const StateRecord& note);
  // A note of the same place under an earlier key.
  void adopt(const StateRecord& note);
  // Takes over from `before`, which this destination replaces, what could not be delivered.
  void take_missed(const DestinationQueue& before);
  void take_missed(const Pending& pending);

  // Applies the routing to `current`; what it selects is what the destination has to know.
  void update(const std::vector<Alert>& current, WallTime now);

  std::vector<StateRecord> take_notes();
  // Records that delete everything stored for the destination.
  std::vector<StateRecord> forget() const;
  ReceiverFacts facts() const;
  // Alerts that could not be delivered and wait, if one of them has waited for `patience`;
  // independent of what else the destination accepts meanwhile.
  std::vector<std::uint64_t> undelivered(Span patience) const;
  bool delivers(Span patience) const;  // undelivered() is empty
  bool knows_firing(std::uint64_t alert) const;
  bool fires(std::uint64_t alert) const;

  // From now on sends only what is due, each at most once.
  void stop();
  // Nothing is in flight, and nothing is due.
  bool settled() const;
  // The destination was removed. If it holds incidents, it is sent their end, for at most an hour
  // while the daemon runs, because that cannot be sent later; otherwise as close().
  void leave();
  // Nothing is in flight, and nothing is left to send.
  bool has_left() const;
  // Cancels the message in flight.
  void close();

 private:
  std::optional<Outgoing> next() const;
  bool is_notified(const Alert& alert) const;
  void pump();
  void wait(Span span);
  void send(const Outgoing& outgoing);
  void landed(const std::exception_ptr& thrown, const Posted& posted);
  void settle(const Receipt& receipt);
  void put_off(const Receipt& receipt);
  void split();
  void refuse();
  void failed();
  void tell(const Receipt& receipt);
  StateRecord place_note() const;
  bool has_open() const;

  net::Network& network_;
  Destination destination_;
  Options options_;
  std::string entry_;  // with which its open incidents were sent; see Message
  Queue queue_;
  DeliverCounts counts_;
  LastAddress last_;
  text::Random random_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<boost::asio::cancellation_signal> cut_;  // cancels the message in flight
  std::vector<std::uint64_t> flying_;                      // the alerts in the message in flight
  std::vector<Queue::Sent> sent_;
  // of a message refused because of one of its alerts
  std::vector<std::vector<std::uint64_t>> halves_;
  Instant quiet_until_{};
  std::optional<WallTime> asked_quiet_;  // until when, if the destination itself asked to wait
  int failures_ = 0;                     // in a row
  std::optional<Instant> failing_since_;
  Instant left_{};
  DeliveryError trouble_ = DeliveryError::none;  // as last logged
  std::string place_noted_;                      // the text of the last record
  bool busy_ = false, stopping_ = false, leaving_ = false, given_up_ = false, closed_ = false;
};

}  // namespace sonde::notify
