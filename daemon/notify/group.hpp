#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "daemon/notify/queue.hpp"

namespace sonde::notify {

// Timing of messages to receivers that do not group by themselves; the settings of Alertmanager.
struct Grouping {
  Span group_wait = std::chrono::seconds(30);
  Span group_interval = std::chrono::minutes(5);
  Span repeat_interval = std::chrono::hours(4);
};
const config::Section<Grouping>& section_of(const Grouping*);

// The reason for a message.
enum class Why : std::uint8_t { first, added, resolved, all_resolved, repeat, resend };
std::string_view name(Why why);

struct Due {
  Why why = Why::first;
  WallTime at;  // not before
};

// When the next message about a group of alerts is due, and why; nullopt if there is nothing to
// send. Pure.
//   first:        an alert fires that was not notified, or fired and has ended meanwhile; after
//                 group_wait, counted from its start
//   added:        a further alert fires, after group_interval; one of higher severity after
//   group_wait resolved:     an alert has ended, others still fire all_resolved: the last alert has
//   ended repeat:       nothing new for repeat_interval, unless all that fires is acknowledged
// Alerts that are held back (`notified` is false) cause only all_resolved; if a message is sent, it
// contains them. Muted alerts cause neither `first`, `added` nor `repeat`, and are in a message
// only if the destination has them already. After a refusal the group waits for group_interval. If
// the clock is set back, nothing is delayed by more than the interval.
std::optional<Due> due(std::span<const Pending* const> group, const Grouping& grouping,
                       WallTime now);

// What is due for one alert to a destination that groups by itself: at once what it does not know,
// then repeatedly (`resend`) what fires or ended recently. Never an alert that is held back and was
// not sent before. If an alert ended before the destination was sent its start, the end waits for
// resend_every: a destination that gets both at once notifies no one. What was refused is tried
// again after a sixth of resend_every: a proxy may have refused it, or the destination may accept
// it by now. Pure.
std::optional<Due> due(const Pending& pending, Span resend_every, WallTime now);

}  // namespace sonde::notify
