#include "daemon/notify/outgoing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "daemon/core/alert_json.hpp"
#include "daemon/core/format.hpp"
#include "daemon/notify/alertmanager.hpp"

namespace sonde::notify {
namespace {

struct Member {
  std::uint64_t alert;
  Due due;
  bool refused;
};

std::vector<Member> members_due(const Queue& queue, WallTime now) {
  std::vector<Member> members;
  for (const auto& [who, pending] : queue.all())
    if (const auto found = due(pending, resend_every, now))
      members.push_back({who, *found, pending.refused.has_value()});
  return members;
}

// Refused alerts are retried separately, after the others, because they may spoil the message that
// contains them.
std::optional<Outgoing> next_batch(const Queue& queue, WallTime now) {
  auto members = members_due(queue, now);
  if (members.empty()) return std::nullopt;
  const auto key = [now](const Member& member) {
    const auto& [alert, due, refused] = member;
    return std::tuple(std::max(due.at, now), refused, due.why, due.at, alert);
  };
  std::ranges::sort(members, {}, key);
  Outgoing batch{.due = members.front().due, .group = {}, .alerts = {}};
  const WallTime with = std::max(batch.due.at, now);
  const bool refused = members.front().refused;
  for (const auto& member : members)
    if (member.due.at <= with && member.refused == refused && batch.alerts.size() < batch_max)
      batch.alerts.push_back(member.alert);
  return batch;
}

struct Members {
  std::vector<std::uint64_t> alerts;
  std::vector<const Pending*> pending;
};

// The destination's incident is open until it was sent the end of all that it was sent.
std::string incident_of(const std::vector<const Pending*>& group) {
  const auto key = [](const Pending* pending) {
    return std::tuple(!pending->may_be_open(), !pending->is_news(), pending->alert.starts);
  };
  return (*std::ranges::min_element(group, {}, key))->alert.incident;
}

std::optional<Outgoing> next_group(const Queue& queue, const Receiver& receiver,
                                   const Grouping& grouping, WallTime now) {
  std::map<Labels, Members> groups;
  for (const auto& [who, pending] : queue.all()) {
    if (!pending.is_shown()) continue;
    Members& members = groups[receiver.group_of(pending.alert)];
    members.alerts.push_back(who);
    members.pending.push_back(&pending);
  }
  std::optional<Outgoing> next;
  for (auto& [group, members] : groups) {
    const auto found = due(members.pending, grouping, now);
    if (!found || (next && next->due.at <= found->at)) continue;
    next = Outgoing{.due = *found,
                    .group = group,
                    .alerts = std::move(members.alerts),
                    .incident = incident_of(members.pending)};
  }
  return next;
}

// An alert that ended before the destination accepted its start is sent as firing, and its end with
// the next message.
Alert shown(const Pending& pending) {
  Alert alert = pending.alert;
  if (!pending.missed) return alert;
  alert.annotations["summary"] = fmt::format("{}; it ended at {} UTC", summary_of(alert),
                                             as_rfc3339(*alert.ended).substr(11, 8));
  alert.ended.reset();
  return alert;
}

}  // namespace

std::optional<Outgoing> next_outgoing(const Queue& queue, const Receiver& receiver,
                                      const Grouping& grouping, WallTime now) {
  return receiver.keeps_state() ? next_batch(queue, now)
                                : next_group(queue, receiver, grouping, now);
}

void tell_by_itself(std::vector<Alert>& mine) {
  std::set<std::uint64_t> sent;
  for (const Alert& alert : mine)
    if (!alert.ended) sent.insert(fingerprint(alert.labels));
  for (Alert& alert : mine)
    alert.notified |= !std::ranges::all_of(
        alert.held_by, [&sent](std::uint64_t holder) { return sent.contains(holder); });
}

std::vector<Alert> told_alerts(const Queue& queue, const std::vector<std::uint64_t>& alerts) {
  std::vector<Alert> notified;
  for (auto who : alerts) {
    const auto found = queue.all().find(who);
    if (found != queue.all().end()) notified.push_back(shown(found->second));
  }
  std::ranges::sort(notified, [](const Alert& a, const Alert& b) {
    return std::forward_as_tuple(a.ended.has_value(), b.severity, a.starts, a.labels) <
           std::forward_as_tuple(b.ended.has_value(), a.severity, b.starts, b.labels);
  });
  return notified;
}

std::size_t set_aside(std::vector<Alert>& told, const Queue& queue, Why why) {
  if (why != Why::repeat && why != Why::added) return 0;
  std::set<std::uint64_t> acknowledged;
  for (const Alert& alert : told)
    if (alert.acknowledged) acknowledged.insert(fingerprint(alert.labels));
  const auto is_looked_after = [&](const Alert& alert) {
    if (alert.acknowledged) return true;
    return !alert.notified && !alert.held_by.empty() &&
           std::ranges::all_of(alert.held_by,
                               [&](std::uint64_t holder) { return acknowledged.contains(holder); });
  };
  const auto is_aside = [&](const Alert& alert) {
    if (alert.ended || !is_looked_after(alert)) return false;
    const auto found = queue.all().find(fingerprint(alert.labels));
    return found == queue.all().end() || !found->second.is_news();
  };
  std::vector<Alert> aside;
  std::ranges::copy_if(told, std::back_inserter(aside), is_aside);
  std::erase_if(told, is_aside);
  const auto ended = std::ranges::find_if(told, [](const Alert& alert) { return !!alert.ended; });
  told.insert(ended, aside.begin(), aside.end());
  return aside.size();
}

}  // namespace sonde::notify
