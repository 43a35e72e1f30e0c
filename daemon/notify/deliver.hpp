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
#include "daemon/notify/queue_backoff.hpp"
#include "daemon/notify/receivers.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// Tells the receivers of alerts. Level-triggered: it is handed everything that fires, again and
// again, and each place is told what it does not know yet, by a way of its own that waits for no
// other. On the main loop, off every probe's path. Delivery is at least once: what was accepted
// and could not be noted before a crash is sent again.
//
// Destroyed only after stop() has ended, or before anything was handed over. It never ends an alert
// because the daemon ends.
class Notifier {
 public:
  struct Options {
    std::function<WallTime()> now = std::chrono::system_clock::now;
    std::function<Instant()> elapsed = [] { return Clock::now(); };  // no clock that can be set
    // Answers messages in the place of the network, for simulations; empty: they are posted.
    std::function<Posted(const Receiver&, const Message&)> answer = {};
    // There are notes to take: something was accepted, or could not be delivered.
    std::function<void()> changed = [] {};
    std::string external_url;  // of the daemon's pages; may be empty
    Backoff backoff = {};
    std::uint64_t seed = 0;  // of the jitter
  };
  Notifier(net::Network& network, Options options);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // At start, before restore(), and at a reload. A place that stays keeps what it knows,
  // also under another name; one that goes is sent nothing more, but that its incidents are over.
  void assign(const std::vector<ReceiverEntry>& entries);
  // The notes of the room "receiver" as they were when the daemon ended; once, before update().
  void restore(std::span<const StateRecord> notes);

  // After every evaluation, and after the store has the state: every alert that fires, held back or
  // not, and those that ended lately. What a receiver was told to fire and is missing has ended: so
  // not before the alerts' own states are restored.
  void update(const std::vector<Alert>& current, WallTime now);

  // What has changed since the last call.
  std::vector<StateRecord> take_notes();
  std::vector<ReceiverFacts> facts() const;
  // A receiver that could not be told of an alert for so long; empty: there is none. An alert that
  // fires and that no receiver has taken is enough, whatever else was taken; else all of them fail.
  std::string undelivered(Span patience) const;

  // Sends what is due, once and for at most `limit`, then calls `done` on the loop; take_notes()
  // then has what is left. Nothing is sent afterwards.
  void stop(Span limit, std::function<void()> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::notify
