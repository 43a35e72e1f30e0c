#include "daemon/notify/queue.hpp"

#include <algorithm>

#include "daemon/core/alert_json.hpp"

namespace sonde::notify {
namespace {

// How long an end is kept for a destination that may not have got the start.
constexpr Span owed_max = std::chrono::hours(24);

bool passed(WallTime since, Span span, WallTime now) { return now - since >= span; }

// Paging alerts first, then by severity.
bool comes_before(const Alert* a, const Alert* b) {
  if (a->notified != b->notified) return a->notified;
  if (a->severity != b->severity) return a->severity > b->severity;
  return a->labels < b->labels;
}

}  // namespace

Pending* Queue::find(std::uint64_t alert) {
  const auto found = all_.find(alert);
  return found == all_.end() ? nullptr : &found->second;
}

void Queue::update(std::span<const Alert> current, WallTime now) {
  auto fresh = renew(current, now);
  forget_over(now);
  admit(std::move(fresh));
}

// Handles an end, or a start after an end. If the destination may not have accepted the start, the
// start has to be sent too: an end alone does not say what happened.
void Queue::turn(std::uint64_t who, Pending& pending, const Alert& next) {
  if (pending.fires() != next.ended.has_value()) return;
  // The destination may have accepted the end although the answer was lost; then it does not know
  // this alert.
  if (!next.ended && pending.failed && pending.owes_end()) pending.notified_firing = false;
  const bool tried_in_vain = pending.failed && pending.fires() && !pending.known_firing();
  pending.missed = next.ended && (pending.is_news() || tried_in_vain);
  if (pending.refused && !pending.notified && next.ended && !pending.missed) ++dropped_;
  pending.refused.reset();
  if (pending.missed) changed_.insert(who);
}

// Updates known alerts, and returns firing ones that are not known yet.
std::vector<const Alert*> Queue::renew(std::span<const Alert> current, WallTime now) {
  std::vector<const Alert*> fresh;
  std::set<std::uint64_t> seen;
  for (const auto& alert : current) {
    const auto who = fingerprint(alert.labels);
    seen.insert(who);
    Pending* pending = find(who);
    if (pending == nullptr) {
      if (!alert.ended) fresh.push_back(&alert);
      continue;
    }
    turn(who, *pending, alert);
    // An alert ends in the group and incident in which the destination was sent its start.
    const Alert& known = pending->may_be_open() ? pending->alert : alert;
    std::string group = known.group, incident = known.incident;
    pending->alert = alert;
    pending->alert.group = std::move(group);
    pending->alert.incident = std::move(incident);
  }
  for (auto& [who, pending] : all_)
    if (pending.fires() && !seen.contains(who)) {
      pending.alert.ended = now;
      pending.alert.annotations["summary"] =
          "Sonde no longer sends this alert here; it was: " + summary_of(pending.alert);
    }
  return fresh;
}

bool Queue::is_over(const Pending& pending, WallTime now) const {
  if (pending.fires()) return false;
  const WallTime ended = *pending.alert.ended;
  if (pending.missed) return passed(ended, owed_max, now);
  if (pending.owes_end()) {
    if (keeps_state() && pending.refused) return passed(ended, options_.resolved_kept, now);
    return !pending.notified && passed(ended, owed_max, now);
  }
  return !pending.notified || passed(ended, options_.resolved_kept, now);
}

void Queue::forget_over(WallTime now) {
  for (auto entry = all_.begin(); entry != all_.end();) {
    if (!is_over(entry->second, now)) {
      ++entry;
      continue;
    }
    if (entry->second.owes_end() || entry->second.missed) ++dropped_;
    if (entry->second.tried || entry->second.missed) changed_.insert(entry->first);
    entry = all_.erase(entry);
  }
}

void Queue::admit(std::vector<const Alert*> fresh) {
  std::ranges::sort(fresh, comes_before);
  std::set<std::uint64_t> left_out;
  for (const Alert* alert : fresh) {
    const auto who = fingerprint(alert->labels);
    if (all_.size() < options_.capacity) {
      all_.try_emplace(who, Pending{.alert = *alert});
      continue;
    }
    left_out.insert(who);
    if (!left_out_.contains(who)) ++dropped_;
  }
  left_out_ = std::move(left_out);
}

std::vector<Queue::Sent> Queue::begin(std::span<const std::uint64_t> alerts,
                                      const std::string& incident) {
  std::vector<Sent> sent;
  for (auto who : alerts) {
    Pending* pending = find(who);
    if (pending == nullptr) continue;
    const bool known = incident.empty() || pending->alert.incident == incident;
    if (!known) pending->alert.incident = incident;
    if (!std::exchange(pending->tried, true) || !known) changed_.insert(who);
    sent.push_back({.alert = who, .firing = pending->shown_firing()});
  }
  return sent;
}

void Queue::accepted(std::span<const Sent> sent, WallTime now) {
  for (const auto& one : sent) {
    Pending* pending = find(one.alert);
    if (pending == nullptr) continue;
    // A destination that keeps state is sent everything again after a restart, so the time is not
    // worth a write.
    const bool same = keeps_state() && pending->notified && pending->notified_firing == one.firing;
    if (!same) changed_.insert(one.alert);
    pending->notified = now;
    pending->notified_firing = one.firing;
    pending->missed = pending->failed = false;
    pending->refused.reset();
    if (!keeps_state() && !one.firing && !pending->fires()) all_.erase(one.alert);
  }
}

void Queue::refused(std::span<const Sent> sent, WallTime now) {
  for (const auto& one : sent) {
    Pending* pending = find(one.alert);
    if (pending == nullptr || pending->shown_firing() != one.firing) continue;
    pending->refused = now;
    pending->failed |= pending->is_news() || pending->owes_end();
    if (!pending->notified && one.firing) pending->tried = false;
    changed_.insert(one.alert);
  }
}

void Queue::failed() {
  for (auto& [who, pending] : all_) {
    const bool owed = pending.is_news() || pending.owes_end();
    if (owed && !std::exchange(pending.failed, true)) changed_.insert(who);
  }
}

std::vector<std::uint64_t> Queue::undelivered() const {
  std::vector<std::uint64_t> all;
  for (const auto& [who, pending] : all_)
    if (pending.failed && (pending.is_news() || pending.owes_end())) all.push_back(who);
  return all;
}

std::size_t Queue::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(all_, [](const auto& entry) {
    const Pending& pending = entry.second;
    return pending.is_news() || pending.owes_end();
  }));
}

bool Queue::has_notified(std::uint64_t alert) const {
  const auto found = all_.find(alert);
  if (found == all_.end()) return false;
  return found->second.may_be_open();
}

bool Queue::has_refused() const {
  return std::ranges::any_of(all_,
                             [](const auto& entry) { return entry.second.refused.has_value(); });
}

void Queue::end_all(WallTime now) {
  update({}, now);  // missing alerts have ended
  for (auto& [who, pending] : all_) pending.missed = false;
  std::erase_if(all_, [](const auto& entry) { return !entry.second.owes_end(); });
}

void Queue::note_all() {
  for (const auto& [who, pending] : all_)
    if (pending.tried || pending.notified || pending.missed) changed_.insert(who);
}

void Queue::restore(Pending pending) {
  if (all_.size() >= options_.capacity) return;
  const auto who = fingerprint(pending.alert.labels);
  all_.insert_or_assign(who, std::move(pending));
}

Span wait_after(const Backoff& backoff, int failures, std::optional<Span> asked,
                std::uint64_t random) {
  Span longest = backoff.base;
  for (int i = 1; i < failures && longest < backoff.cap; ++i) longest *= 2;
  longest = std::min(longest, backoff.cap);
  const double share = static_cast<double>(random >> 11U) * 0x1p-53;
  const auto wait = std::chrono::duration_cast<Span>(
      std::chrono::duration<double, Span::period>(static_cast<double>(longest.count()) * share));
  return std::max({wait, backoff.base / 10, asked.value_or(Span::zero())});
}

}  // namespace sonde::notify
