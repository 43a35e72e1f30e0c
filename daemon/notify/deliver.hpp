#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/change.hpp"
#include "daemon/core/view.hpp"
#include "daemon/notify/post.hpp"
#include "daemon/notify/queue.hpp"
#include "daemon/notify/receivers.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// Delivers alerts to receivers. Level-triggered: update() gets everything that fires, repeatedly,
// and each destination is sent what it does not know yet through its own queue, independent of the
// other destinations. Runs on the main loop, apart from the probes. Delivery is at least once: a
// message that was accepted, but not recorded before a crash, is sent again.
//
// Destroy it only after stop() has called `done`, or before the first update(). Stopping the daemon
// does not end any alert.
class Notifier {
 public:
  struct Options {
    std::function<WallTime()> now = std::chrono::system_clock::now;
    std::function<Instant()> elapsed = [] { return Clock::now(); };  // monotonic clock
    // Answers messages instead of the network, for simulations; empty: messages are posted.
    std::function<Posted(const Receiver&, const Message&)> answer = {};
    // take_notes() has something to return: a message was accepted, or could not be delivered.
    std::function<void()> changed = [] {};
    // A receiver, by its label, accepted these alerts as firing or as ended.
    std::function<void(const std::string& receiver, std::span<const Queue::Sent>)> accepted = {};
    std::string external_url;  // of the daemon's pages; may be empty
    Backoff backoff = {};
    std::uint64_t seed = 0;  // seed for the jitter
  };
  Notifier(net::Network& network, Options options);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Sets the receivers, at start before restore() and at a reload. A destination that stays keeps
  // its state, even under another name. A destination that is removed gets nothing more, except the
  // end of the incidents that it holds.
  void assign(const std::vector<ReceiverEntry>& entries);
  // Restores the records of the component "receiver"; call it once, before update().
  void restore(std::span<const StateRecord> notes);

  // Call after every evaluation, once the store has the state, with every firing alert (also if
  // held back) and those that ended recently. An alert that a receiver was sent as firing and that
  // is missing from `current` has ended; so do not call it before the alerts' own states are
  // restored.
  void update(const std::vector<Alert>& current, WallTime now);

  // The records that changed since the last call.
  std::vector<StateRecord> take_notes();
  std::vector<ReceiverFacts> facts() const;
  // Describes a receiver that could not be notified of an alert for `patience`; empty: none.
  // Reported if a firing alert was accepted by no receiver, or if all receivers fail.
  std::string undelivered(Span patience) const;

  // Sends what is due once, for at most `limit`, then calls `done` on the loop; take_notes() then
  // returns what is left. Sends nothing afterwards.
  void stop(Span limit, std::function<void()> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::notify
