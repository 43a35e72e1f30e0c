#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/core/change.hpp"
#include "daemon/notify/deliver_counts.hpp"
#include "daemon/notify/outgoing.hpp"
#include "daemon/notify/queue_backoff.hpp"
#include "probes/text/random.hpp"

namespace sonde::notify {

// One place that is told: an entry of `receivers:`, or one URL of it.
struct Destination {
  std::string key;       // of its notes
  std::string identity;  // of the place, which may become another under the same key
  std::string label;     // of its metrics
  std::string receiver;
  std::string entry;  // its name where another entry leads to the same place; see Message
  Routing routing;
  std::shared_ptr<const Receiver> place;        // as it is configured
  std::shared_ptr<const Receiver> pinned = {};  // as it was when `identity` was taken; may be null
  const std::shared_ptr<const Receiver>& reached() const { return pinned ? pinned : place; }
  // Its secret was replaced where it stands by another one.
  bool has_moved() const;
};
// Of each entry its places.
std::vector<Destination> destinations_of(const std::vector<ReceiverEntry>& entries);

// The way of alerts to one place: its queue, at most one message under way, and the wait for the
// next, on the loop of `network`. What it decides is decided by pure functions. Kept alive by the
// message that is under way.
class DestinationQueue : public std::enable_shared_from_this<DestinationQueue> {
 public:
  struct Options {
    std::function<WallTime()> now;
    std::function<Instant()> elapsed = [] { return Clock::now(); };
    std::function<void()> changed;  // something was sent, or could not be
    std::function<Posted(const Receiver&, const Message&)> answer = {};  // see Notifier
    std::string external_url;
    Backoff backoff;
    std::uint64_t seed = 0;
  };
  DestinationQueue(net::Network& network, Destination destination, Options options);

  // The same place, configured otherwise; under another key its notes move there.
  void assign(Destination destination);
  const Destination& destination() const { return destination_; }
  void restore(const StateRecord& note);
  // A note of the same place under an earlier key.
  void adopt(const StateRecord& note);
  // What `before`, whose place this one takes, was tried to be told in vain.
  void take_missed(const DestinationQueue& before);
  void take_missed(const Pending& pending);

  // What the routing selects of it is what is to be known there.
  void update(const std::vector<Alert>& current, WallTime now);

  std::vector<StateRecord> take_notes();
  // Notes that forget everything.
  std::vector<StateRecord> forget() const;
  ReceiverFacts facts() const;
  // What was tried in vain and waits, if something has waited so for `patience`; whatever else the
  // place takes meanwhile.
  std::vector<std::uint64_t> undelivered(Span patience) const;
  bool delivers(Span patience) const;  // there is no such
  bool knows_firing(std::uint64_t alert) const;
  bool fires(std::uint64_t alert) const;

  // From now on only what is due is sent, and nothing a second time.
  void stop();
  // Nothing is under way, and nothing is due.
  bool settled() const;
  // The place is not sent anything any more. One that holds incidents is told, for an hour at most
  // and as long as the daemon runs, that they are over, as nobody would tell it later; else as
  // close().
  void leave();
  // Nothing is under way, and nothing is left to be told.
  bool has_left() const;
  // Cuts what is under way.
  void close();

 private:
  std::optional<Outgoing> next() const;
  bool is_told(const Alert& alert) const;
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
  std::shared_ptr<boost::asio::cancellation_signal> cut_;  // of the message under way
  std::vector<std::uint64_t> flying_;                      // what the message under way tells of
  std::vector<Queue::Sent> sent_;
  std::vector<std::vector<std::uint64_t>> halves_;  // of a message that was refused for one alert
  Instant quiet_until_{};
  std::optional<WallTime> asked_quiet_;  // until when, if the place itself asked for it
  int failures_ = 0;                     // in a row
  std::optional<Instant> failing_since_;
  Instant left_{};
  DeliveryError trouble_ = DeliveryError::none;  // what was logged last
  std::string place_noted_;                      // the text of the last note
  bool busy_ = false, stopping_ = false, leaving_ = false, given_up_ = false, closed_ = false;
};

}  // namespace sonde::notify
