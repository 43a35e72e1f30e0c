#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "daemon/core/alert.hpp"
#include "probes/core/clock.hpp"

namespace sonde::notify {

// How long to wait after failed deliveries.
struct Backoff {
  Span base = std::chrono::seconds(1), cap = std::chrono::seconds(60);
};

// Wait after `failures` failures in a row: random between 0 and an upper limit, which is the base,
// doubled with each failure up to the cap (full jitter, so that destinations that failed together
// are not retried together); at least a tenth of the base, and at least what the destination asked
// for. `random` is any number. Pure.
Span wait_after(const Backoff& backoff, int failures, std::optional<Span> asked,
                std::uint64_t random);

// An alert in the queue of one destination.
struct Pending {
  Alert alert = {};                       // newest state; older states are not sent
  std::optional<WallTime> notified = {};  // when the destination last accepted it
  bool notified_firing = false;           // whether it was accepted as firing
  bool tried = false;                     // a delivery was started, so it may have been accepted
  std::optional<WallTime> refused = {};   // when the destination refused it in this state
  bool missed = false;  // it ended before it was accepted, so its start has to be sent too
  bool failed = false;  // a delivery of what is to be sent has failed
  bool fires() const { return !alert.ended; }
  bool known_firing() const { return notified && notified_firing; }
  // The destination has it as firing, or may have.
  bool may_be_open() const { return notified ? notified_firing : tried; }
  // It fires, the destination does not have it, and it may cause a message by itself.
  bool is_news() const {
    return missed || (fires() && !known_firing() && alert.notified && !alert.muted);
  }
  // Whether it is sent as firing.
  bool shown_firing() const { return fires() || missed; }
  // Whether messages about its group contain it.
  bool is_shown() const { return !alert.muted || !fires() || known_firing(); }
  // The destination has it as firing, or may have: its end has to be sent.
  bool owes_end() const { return !fires() && may_be_open(); }
};

// Keyed by fingerprint.
using PendingMap = std::map<std::uint64_t, Pending>;

// What one destination has been sent, and what it still has to be sent: one entry for each alert,
// where the newest state replaces older ones. Bounded: what does not fit is dropped and counted,
// but never the end of an alert that was sent as firing. Pure.
class Queue {
 public:
  struct Options {
    std::size_t capacity = 4096;
    Span resolved_kept{};  // how long an end that was sent is kept, to be sent again
  };
  explicit Queue(Options options) : options_(options) {}

  // Takes everything that fires or ended recently. An alert that was sent as firing and is missing
  // has ended now.
  void update(std::span<const Alert> current, WallTime now);

  // begin() starts a delivery; accepted() or refused() reports its outcome. `sent` are fingerprints
  // of `all()`; the states may have changed since begin().
  struct Sent {
    std::uint64_t alert = 0;
    bool firing = false;  // as it was sent
  };
  // `incident` is the one under which they are sent; empty: none.
  std::vector<Sent> begin(std::span<const std::uint64_t> alerts, const std::string& incident = {});
  void accepted(std::span<const Sent> sent, WallTime now);
  void refused(std::span<const Sent> sent, WallTime now);
  // The destination cannot be reached: everything that is to be sent counts as failed.
  void failed();

  const PendingMap& all() const { return all_; }
  // Whether the destination has the alert as firing, or may have it.
  bool has_notified(std::uint64_t alert) const;
  // Number of alerts with a state that the destination does not know.
  std::size_t waiting() const;
  // Alerts with a failed delivery and a state that the destination does not know.
  std::vector<std::uint64_t> undelivered() const;
  // Whether the destination refused some of them in their current state.
  bool has_refused() const;
  std::size_t capacity() const { return options_.capacity; }
  std::uint64_t dropped() const { return dropped_; }

  // For the store: alerts whose entry has changed since the last call, or is gone.
  std::set<std::uint64_t> take_changed() { return std::exchange(changed_, {}); }
  // Marks everything as changed, so that it is written again.
  void note_all();
  // From now on only ends are sent, of what the destination accepted or may have accepted.
  void end_all(WallTime now);
  void restore(Pending pending);

 private:
  Pending* find(std::uint64_t alert);
  bool keeps_state() const { return options_.resolved_kept > Span::zero(); }
  bool is_over(const Pending& pending, WallTime now) const;
  void turn(std::uint64_t who, Pending& pending, const Alert& next);
  std::vector<const Alert*> renew(std::span<const Alert> current, WallTime now);
  void forget_over(WallTime now);
  void admit(std::vector<const Alert*> fresh);

  Options options_;
  PendingMap all_;
  std::set<std::uint64_t> changed_;
  std::set<std::uint64_t> left_out_;  // by the last update; each counted once
  std::uint64_t dropped_ = 0;
};

}  // namespace sonde::notify
