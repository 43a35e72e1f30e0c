#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "daemon/notify/group.hpp"
#include "daemon/notify/receivers.hpp"

namespace sonde::notify {

// The next message to a destination: why, when, and which alerts of its queue.
struct Outgoing {
  Due due;
  Labels group;
  std::vector<std::uint64_t> alerts;
  // The incident as the destination knows it: that of what it was sent and is open there, or else
  // of the alerts.
  std::string incident = {};
};

// The message that is due first; nullopt: nothing to send. A destination that groups by itself gets
// at most batch_max alerts, new ones before repeated ones. Pure.
std::optional<Outgoing> next_outgoing(const Queue& queue, const Receiver& receiver,
                                      const Grouping& grouping, WallTime now);

// Changes the alerts for one destination: an alert held back only by alerts that are not among them
// is notified separately. Pure.
void tell_by_itself(std::vector<Alert>& mine);

// The alerts to send, sorted: firing ones first, then by severity, then oldest first.
std::vector<Alert> told_alerts(const Queue& queue, const std::vector<std::uint64_t>& alerts);

// Moves the firing alerts that somebody looks after behind the other firing ones, where a message
// is not about them, and returns how many: acknowledged ones and those that they alone hold back,
// but nothing that the destination has yet to be sent. Pure.
std::size_t set_aside(std::vector<Alert>& told, const Queue& queue, Why why);

}  // namespace sonde::notify
