#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "daemon/core/alert.hpp"

namespace sonde::notify {

// An alert as one place is to be told of it.
struct Pending {
  Alert alert = {};                      // its newest state, which is all that is told
  std::optional<WallTime> told = {};     // when the place last took it
  bool told_firing = false;              // and as what
  bool tried = false;                    // a delivery was begun, so perhaps it was taken
  std::optional<WallTime> refused = {};  // when the place would not have it in this state
  bool missed = false;  // it ended before the place took it, so that its start is owed, too
  bool failed = false;  // what is owed of it was tried in vain
  bool fires() const { return !alert.ended; }
  bool known_firing() const { return told && told_firing; }
  // It fires, the place does not have it, and it is to be told by itself.
  bool is_news() const {
    return missed || (fires() && !known_firing() && alert.told && !alert.muted);
  }
  // As what the place is told of it.
  bool shown_firing() const { return fires() || missed; }
  // Whether it is in a message about its group.
  bool is_shown() const { return !alert.muted || !fires() || known_firing(); }
  // The place has it as firing, or perhaps has: it is owed the end.
  bool owes_end() const { return !fires() && (told ? told_firing : tried); }
};

// By fingerprint.
using PendingMap = std::map<std::uint64_t, Pending>;

// What one place has been told, and what it is still to be told: one entry an alert, the newest
// state in the place of any older one. Bounded: what does not fit is dropped and counted, but never
// the end of what was told to fire. Pure.
class Queue {
 public:
  struct Options {
    std::size_t capacity = 4096;
    Span resolved_kept{};  // how long an end that was told is remembered, to be told again
  };
  explicit Queue(Options options) : options_(options) {}

  // Everything that fires or has ended lately. What the place was told to fire and is not among it
  // has ended now.
  void update(std::span<const Alert> current, WallTime now);

  // A delivery begins, and what came of it. `sent` are fingerprints of `all()`; between the two the
  // newest states may have changed.
  struct Sent {
    std::uint64_t alert = 0;
    bool firing = false;  // as it was told
  };
  std::vector<Sent> begin(std::span<const std::uint64_t> alerts);
  void accepted(std::span<const Sent> sent, WallTime now);
  void refused(std::span<const Sent> sent, WallTime now);
  // The place cannot be reached: all that is owed is tried in vain.
  void failed();

  const PendingMap& all() const { return all_; }
  // Whether the place has the alert as firing, or perhaps has.
  bool has_told(std::uint64_t alert) const;
  // How many have a state that the place does not know.
  std::size_t waiting() const;
  // Those that were tried in vain and have a state that the place does not know.
  std::vector<std::uint64_t> undelivered() const;
  // Whether the place would not have some of them as they are.
  bool has_refused() const;
  std::size_t capacity() const { return options_.capacity; }
  std::uint64_t dropped() const { return dropped_; }

  // For a store: those whose entry is another since the last call, or is gone.
  std::set<std::uint64_t> take_changed() { return std::exchange(changed_, {}); }
  // All of it is to be written again.
  void note_all();
  // Only ends are still to be told, of what the place took or perhaps took.
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
  std::set<std::uint64_t> left_out_;  // of the last update, each counted once
  std::uint64_t dropped_ = 0;
};

}  // namespace sonde::notify
