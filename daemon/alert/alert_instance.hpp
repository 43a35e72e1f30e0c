#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/alert/alert_codec.hpp"
#include "daemon/alert/alert_text.hpp"
#include "daemon/alert/incident.hpp"
#include "daemon/core/change.hpp"

namespace sonde::alert {

// An alert that can fire, its state, and what receivers were sent.
struct AlertInstance {
  Instance instance;
  RuleState state;
  AlertText text;                       // of the last evaluation that held
  std::optional<Failing> failing;       // as of the last evaluation; empty: not evaluated yet
  std::string held_by;                  // why receivers are not notified; empty: they are
  std::optional<Alert> alert;           // set while it fires, and for a while after it ended
  std::optional<WallTime> quiet_since;  // set if it fires and nothing was measured since then
  // set if it still fires and all its runs have passed since then
  std::optional<WallTime> good_since;
  // When a maintenance or a stop of the daemon last suppressed the notification. A run after this
  // time has to confirm that the condition still holds.
  std::optional<WallTime> kept_back;
  bool changed = false;  // since take_notes() was last called

  // The rule no longer fires it, but receivers have not been sent its end.
  bool lingers() const { return alert && !alert->ended && !state.firing(); }
  // It has to be considered when deciding what to notify.
  bool fires() const { return alert && !alert->ended; }
  bool idle() const { return state.state == AlertState::inactive && !alert; }
};

// What whoever reads the log at night looks for first: that an alert fires, or has ended. Not that
// the watchdog lives.
void log_turn(const Alert& alert, bool fires, const std::string& summary);

// How long receivers are notified of an alert that has ended.
constexpr Span ended_kept = std::chrono::minutes(15);

// Owns every alert that can fire and finds them by check and by target. Alerts whose rule is gone
// are kept until receivers have been sent their end.
class AlertInstances {
 public:
  // Replaces the instances and the names of the user's rules. An instance with the same key and
  // rule keeps its state; any other firing alert ends.
  void assign(std::vector<Instance> instances, std::set<std::string> rules, WallTime now);
  AlertInstance& add(Instance instance);

  // Creates the instance of a stored alert that does not exist yet (for a certificate that no run
  // has met since the start). Returns nullopt if its rule is gone.
  using Make = std::function<std::optional<Instance>(const SavedAlert&)>;
  // Restores the state after the daemon was down. Firing alerts go on without a new notification.
  void restore(const std::vector<StateRecord>& notes, const Make& make, WallTime now);
  // The records that changed since the last call, and every 15 s the current time.
  std::vector<StateRecord> take_notes(WallTime now);
  // The wall clock was moved by `jump`.
  void shift(Span jump);
  // Drops alerts that ended long enough ago. Returns whether there were any.
  bool forget(WallTime now);

  std::vector<AlertInstance*> all() const;
  // The instances of a check: as configured now or, for a Result, as configured when its run began.
  std::span<AlertInstance* const> of_check(const Check& check) const;
  // Must be called for an alert that has begun to fire; `firing` then returns it until it is
  // dropped.
  void wake(AlertInstance& tracked);
  // The alerts of a target that fire, or whose end receivers have not been sent.
  std::vector<AlertInstance*> firing(const std::string& target);
  AlertInstance* find(const std::string& key) const;
  // Targets with a firing alert; an empty string stands for the daemon itself.
  std::vector<std::string> targets() const;
  std::vector<Alert> orphans() const;  // ended, without a rule

 private:
  void restore(const StateRecord& note, const Make& make, Span outage, WallTime now);
  void resume(AlertInstance& tracked, SavedAlert kept, Span outage, WallTime now);
  void orphan(const std::string& key, const SavedAlert& kept, WallTime now);
  Removed why_removed(const std::string& key, const SavedAlert& kept) const;
  void erase(const std::string& key) { notes_.push_back({"alert", key, ""}); }

  std::map<std::string, std::unique_ptr<AlertInstance>, std::less<>> tracks_;
  std::unordered_map<std::string, std::vector<AlertInstance*>> by_check_;   // by key_of
  std::map<std::string, std::vector<AlertInstance*>, std::less<>> firing_;  // by target
  std::map<std::string, SavedAlert> orphans_;  // by the key of their record
  std::set<std::string> rules_;                // names of the user's rules
  std::vector<StateRecord> notes_;             // besides those of instances that have changed
  WallTime clock_;                             // as last written
};

}  // namespace sonde::alert
