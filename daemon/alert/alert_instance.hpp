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

// An alert that can fire, where it stands, and what receivers know of it.
struct AlertInstance {
  Instance instance;
  RuleState state;
  AlertText text;                       // of the last finding that held
  std::optional<Failing> failing;       // as of the last evaluation; empty: there was none yet
  std::string held_by;                  // why nobody is told; empty: they are
  std::optional<Alert> alert;           // while it fires, and a while after its end
  std::optional<WallTime> quiet_since;  // it fires, and nothing was measured since
  std::optional<WallTime> good_since;   // it fires on, and all its runs have passed since
  // When a maintenance, or a stop of the daemon, last kept it from being notified: a run since then
  // has to show that it still holds.
  std::optional<WallTime> kept_back;
  bool changed = false;  // since the notes were taken

  // Its rule has let go of it, but receivers have not heard so.
  bool lingers() const { return alert && !alert->ended && !state.firing(); }
  // It matters for who is told.
  bool fires() const { return alert && !alert->ended; }
  bool idle() const { return state.state == AlertState::inactive && !alert; }
};

// What whoever reads the log at night looks for first: that an alert fires, or has ended. Not that
// the watchdog lives.
void log_turn(const Alert& alert, bool fires, const std::string& summary);

// How long an alert that has ended is told.
constexpr Span ended_kept = std::chrono::minutes(15);

// Every alert that can fire. It owns them, finds them by check and by target, and keeps those whose
// rule is gone until receivers have heard of their end.
class Tracks {
 public:
  // From now on exactly these, of rules with these names; one whose key and rule are as before goes
  // on, another one that fires has ended.
  void assign(std::vector<Instance> instances, std::set<std::string> rules, WallTime now);
  AlertInstance& add(Instance instance);

  // Makes the instance of an alert that was kept and is not known yet (a certificate that nobody
  // was shown since); nothing: its rule is gone.
  using Make = std::function<std::optional<Instance>(const Kept&)>;
  // What was kept, after an outage of the daemon. A firing alert goes on, and nobody is told anew.
  void restore(const std::vector<StateRecord>& notes, const Make& make, WallTime now);
  // What has changed since the last call, and every 15 s the time.
  std::vector<StateRecord> take_notes(WallTime now);
  // The wall clock was set by so much.
  void shift(Span jump);
  // Forgets what ended a while ago; true: there was something.
  bool forget(WallTime now);

  std::vector<AlertInstance*> all() const;
  // Of a check as it is configured now or, in a Result, as it was when its run began.
  std::span<AlertInstance* const> of_check(const Check& check) const;
  // Has to be said of one that has begun to fire; until it is let go it is one of `firing`.
  void wake(AlertInstance& track);
  // Those of a target that fire, or whose end nobody has heard of.
  std::vector<AlertInstance*> firing(const std::string& target);
  AlertInstance* find(const std::string& key) const;
  // Where something fires; an empty one: at the daemon itself.
  std::vector<std::string> targets() const;
  std::vector<Alert> orphans() const;  // ended, without a rule

 private:
  void restore(const StateRecord& note, const Make& make, Span outage, WallTime now);
  void resume(AlertInstance& track, Kept kept, Span outage, WallTime now);
  void orphan(const std::string& key, const Kept& kept, WallTime now);
  Removed why_removed(const std::string& key, const Kept& kept) const;
  void erase(const std::string& key) { notes_.push_back({"alert", key, ""}); }

  std::map<std::string, std::unique_ptr<AlertInstance>, std::less<>> tracks_;
  std::unordered_map<std::string, std::vector<AlertInstance*>> by_check_;   // by key_of
  std::map<std::string, std::vector<AlertInstance*>, std::less<>> firing_;  // by target
  std::map<std::string, Kept> orphans_;  // by the key of their note
  std::set<std::string> rules_;          // names of the user's
  std::vector<StateRecord> notes_;       // beside those of tracks that have changed
  WallTime clock_;                       // as it was written last
};

}  // namespace sonde::alert
