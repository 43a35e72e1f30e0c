#include "daemon/alert/alert_instance.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/core/alert_json.hpp"
#include "daemon/log/log.hpp"

namespace sonde::alert {
namespace {

constexpr std::string_view component = "alert";
// Key of the record with the time of the last take_notes(): a downtime is measured from there.
constexpr std::string_view clock_key = "clock";
constexpr Span clock_every = std::chrono::seconds(15);

std::string show_clock(WallTime now) {
  const auto since = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  return std::to_string(since.count());
}

// How long the daemon was down; very long if that is not known.
Span outage(const std::vector<StateRecord>& notes, WallTime now) {
  for (const StateRecord& note : notes) {
    if (note.component != component || note.key != clock_key) continue;
    std::int64_t seconds = 0;
    const char* end = note.text.data() + note.text.size();
    const auto read = std::from_chars(note.text.data(), end, seconds);
    if (read.ec == std::errc() && read.ptr == end && seconds >= 0 && seconds < 10'000'000'000)
      return now - WallTime(std::chrono::seconds(seconds));
  }
  return Span::max();
}

SavedAlert saved_of(const AlertInstance& tracked) {
  return {tracked.instance.rule->checksum, tracked.state, tracked.text, tracked.alert};
}

void take_over(AlertInstance& tracked, SavedAlert kept, Span outage) {
  tracked.state = after_outage(std::move(kept.state), outage);
  tracked.alert = std::move(kept.alert);
  tracked.text = std::move(kept.text);
  tracked.changed = true;
  if (tracked.text.fired_for.empty()) tracked.text.fired_for = tracked.text.summary;
  if (tracked.alert) tracked.alert->labels = tracked.instance.labels;
  if (tracked.state.firing() && !tracked.alert)
    tracked.state = {};  // receivers cannot have been notified
}

bool is_over(const Alert& alert, WallTime now) {
  return alert.ended && now - *alert.ended >= ended_kept;
}

}  // namespace

void log_turn(const Alert& alert, bool fires, const std::string& summary) {
  const std::string& severity = value_of(alert.labels, "severity");
  if (severity == "none") return;
  const auto probe = alert.labels.find("probe");
  log::say(fires ? log::Level::warning : log::Level::info,
           fires ? "alert fires" : "alert has ended",
           {{"alert", name_of(alert)},
            {"severity", severity},
            {"probe", probe == alert.labels.end() ? "" : probe->second},
            {"target", alert.target},
            {"summary", summary}});
}

AlertInstance& AlertInstances::add(Instance instance) {
  auto tracked = std::make_unique<AlertInstance>();
  tracked->instance = std::move(instance);
  auto& kept = tracks_[tracked->instance.key];
  kept = std::move(tracked);
  for (const auto& check : kept->instance.checks) by_check_[key_of(*check)].push_back(kept.get());
  for (const auto& check : kept->instance.health) by_check_[key_of(*check)].push_back(kept.get());
  return *kept;
}

void AlertInstances::assign(std::vector<Instance> instances, std::set<std::string> rules,
                            WallTime now) {
  rules_ = std::move(rules);
  auto old = std::exchange(tracks_, {});
  by_check_.clear();
  firing_.clear();
  for (auto& instance : instances) {
    AlertInstance& tracked = add(std::move(instance));
    const auto found = old.find(tracked.instance.key);
    if (found == old.end()) continue;
    AlertInstance& before = *found->second;
    if (before.instance.rule->checksum != tracked.instance.rule->checksum) continue;
    tracked.state = std::move(before.state);
    tracked.alert = std::move(before.alert);
    tracked.text = std::move(before.text);
    tracked.quiet_since = before.quiet_since;
    tracked.good_since = before.good_since;
    tracked.failing = std::move(before.failing);
    tracked.held_by = std::move(before.held_by);
    tracked.kept_back = before.kept_back;
    tracked.changed = before.changed;
    if (tracked.fires()) wake(tracked);
    old.erase(found);
  }
  for (const auto& [key, tracked] : old) {
    if (tracked->idle() && !tracked->changed) continue;
    erase(key);
    if (tracked->alert) orphan(key, saved_of(*tracked), now);
  }
}

Removed AlertInstances::why_removed(const std::string& key, const SavedAlert& kept) const {
  if (find(key) != nullptr) return Removed::changed_rule;
  const bool known = kept.checksum == "builtin" || rules_.contains(name_of(*kept.alert));
  return known ? Removed::checks : Removed::rule;
}

// Uses a separate key, because the rule that replaces it may fire too. Also for alerts that caused
// no page: a receiver that was not sent the alert that held it back was sent this one.
void AlertInstances::orphan(const std::string& key, const SavedAlert& kept, WallTime now) {
  if (!kept.alert) return;
  SavedAlert ended = kept;
  ended.state = {};
  Alert& alert = *ended.alert;
  if (!alert.ended) {
    alert.ended = now;
    alert.annotations["summary"] = kept.state.firing()
                                       ? tell_removed(why_removed(key, kept), alert, kept.text)
                                       : kept.text.summary + show_cause(kept.text);
    if (kept.state.firing()) log_turn(alert, false, alert.annotations["summary"]);
  }
  if (is_over(alert, now)) return;
  const std::string own = key + " #" + kept.checksum;
  const auto later = orphans_.find(own);
  if (later != orphans_.end() && later->second.alert->starts > alert.starts) return;
  notes_.push_back({std::string(component), own, write(ended)});
  orphans_[own] = std::move(ended);
}

void AlertInstances::resume(AlertInstance& tracked, SavedAlert kept, Span outage, WallTime now) {
  take_over(tracked, std::move(kept), outage);
  if (tracked.alert && !tracked.alert->notified) tracked.kept_back = now;
  if (tracked.fires()) wake(tracked);
}

void AlertInstances::restore(const StateRecord& note, const Make& make, Span outage, WallTime now) {
  auto kept = read_saved_alert(note.text);
  if (!kept) return erase(note.key);
  AlertInstance* tracked = find(note.key);
  if (tracked == nullptr)
    if (auto made = make(*kept); made && made->key == note.key) tracked = &add(std::move(*made));
  if (tracked != nullptr && tracked->instance.rule->checksum == kept->checksum)
    return resume(*tracked, std::move(*kept), outage, now);
  erase(note.key);
  const auto mark = note.key.find(" #");
  orphan(note.key.substr(0, mark), *kept, now);
}

void AlertInstances::restore(const std::vector<StateRecord>& notes, const Make& make,
                             WallTime now) {
  const Span down = outage(notes, now);
  for (const StateRecord& note : notes)
    if (note.component == component && note.key != clock_key) restore(note, make, down, now);
}

std::vector<StateRecord> AlertInstances::take_notes(WallTime now) {
  std::vector<StateRecord> notes = std::exchange(notes_, {});
  for (auto& [key, tracked] : tracks_) {
    if (!std::exchange(tracked->changed, false)) continue;
    notes.push_back(
        {std::string(component), key, tracked->idle() ? "" : write(saved_of(*tracked))});
  }
  if (now - clock_ >= clock_every || now < clock_)
    notes.push_back({std::string(component), std::string(clock_key), show_clock(clock_ = now)});
  return notes;
}

void AlertInstances::shift(Span jump) {
  for (auto& [key, tracked] : tracks_) {
    if (tracked->state.state == AlertState::inactive) continue;
    alert::shift(tracked->state, jump);
    tracked->changed = true;
  }
}

bool AlertInstances::forget(WallTime now) {
  bool any = false;
  for (auto& [key, tracked] : tracks_) {
    if (!tracked->alert || !is_over(*tracked->alert, now)) continue;
    tracked->alert.reset();
    tracked->changed = any = true;
  }
  for (auto& [key, kept] : orphans_)
    if (is_over(*kept.alert, now)) erase(key);
  const auto over = [&](const auto& one) { return is_over(*one.second.alert, now); };
  return std::erase_if(orphans_, over) > 0 || any;
}

std::vector<AlertInstance*> AlertInstances::all() const {
  std::vector<AlertInstance*> all;
  all.reserve(tracks_.size());
  for (const auto& [key, tracked] : tracks_) all.push_back(tracked.get());
  return all;
}

std::span<AlertInstance* const> AlertInstances::of_check(const Check& check) const {
  const auto found = by_check_.find(key_of(check));
  return found != by_check_.end() ? std::span<AlertInstance* const>(found->second)
                                  : std::span<AlertInstance* const>();
}

void AlertInstances::wake(AlertInstance& tracked) {
  auto& all = firing_[tracked.instance.target];
  if (std::ranges::find(all, &tracked) == all.end()) all.push_back(&tracked);
}

std::vector<AlertInstance*> AlertInstances::firing(const std::string& target) {
  const auto found = firing_.find(target);
  if (found == firing_.end()) return {};
  std::erase_if(found->second, [](const AlertInstance* tracked) { return !tracked->fires(); });
  std::vector<AlertInstance*> all = found->second;
  if (all.empty()) firing_.erase(found);
  return all;
}

AlertInstance* AlertInstances::find(const std::string& key) const {
  const auto found = tracks_.find(key);
  return found != tracks_.end() ? found->second.get() : nullptr;
}

std::vector<std::string> AlertInstances::targets() const {
  std::vector<std::string> all;
  all.reserve(firing_.size());
  for (const auto& [target, tracked_alerts] : firing_) all.push_back(target);
  return all;
}

std::vector<Alert> AlertInstances::orphans() const {
  std::vector<Alert> all;
  all.reserve(orphans_.size());
  for (const auto& [key, kept] : orphans_) all.push_back(*kept.alert);
  return all;
}

}  // namespace sonde::alert
