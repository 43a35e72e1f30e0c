#pragma once
#include <optional>
#include <vector>

#include "daemon/notify/group.hpp"
#include "daemon/notify/receivers.hpp"

namespace sonde::notify {

// The next message to a place: why, when, and of which alerts of its queue.
struct Outgoing {
  Due due;
  Labels group;
  std::vector<std::uint64_t> alerts;
};

// The one that is due first; nothing: there is nothing to say. To a place that groups by itself at
// most batch_max alerts, and what it does not know before what it is told again. Pure.
std::optional<Outgoing> next_outgoing(const Queue& queue, const Receiver& receiver,
                                      const Grouping& grouping, WallTime now);

// Of what a place is sent: what is held back by an alert that is not among it is told by itself.
// Pure.
void tell_by_itself(std::vector<Alert>& mine);

// What is told of these alerts: what fires first, then by severity, then the oldest.
std::vector<Alert> told_alerts(const Queue& queue, const std::vector<std::uint64_t>& alerts);

}  // namespace sonde::notify
