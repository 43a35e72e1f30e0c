#include "daemon/notify/group.hpp"

#include <algorithm>
#include <array>

namespace sonde::notify {
namespace {

WallTime after(WallTime since, Span span) {
  return since + std::chrono::duration_cast<WallTime::duration>(span);
}

// Summary of a group.
struct Sum {
  bool fresh = false;           // an alert fires that has to be sent and was not
  bool ended = false;           // an alert that was sent has ended
  bool ended_notified = false;  // one of these is not held back
  bool open = false;            // an alert that was sent still fires
  bool open_notified = false;
  Severity worst_fresh = Severity::info, worst_open = Severity::info;
  WallTime since = WallTime::max();  // start of the first fresh alert
  std::optional<WallTime> last;      // when the destination last accepted something
  std::optional<WallTime> refused;
};

void add(Sum& sum, const Pending& pending) {
  const Alert& alert = pending.alert;
  if (pending.notified)
    sum.last = std::max(sum.last.value_or(*pending.notified), *pending.notified);
  if (pending.refused)
    sum.refused = std::max(sum.refused.value_or(*pending.refused), *pending.refused);
  if (pending.fires() && pending.known_firing()) {
    sum.open = true;
    sum.open_notified |= alert.notified && !alert.muted && !alert.acknowledged;
    sum.worst_open = std::max(sum.worst_open, alert.severity);
  } else if (pending.is_news()) {
    sum.fresh = true;
    sum.worst_fresh = std::max(sum.worst_fresh, alert.severity);
    sum.since = std::min(sum.since, alert.starts);
  } else if (pending.owes_end()) {
    sum.ended = true;
    sum.ended_notified |= alert.notified;
  }
}

std::optional<Due> due(const Sum& sum, const Grouping& grouping, WallTime now) {
  if (!sum.last && sum.fresh) return Due{Why::first, after(sum.since, grouping.group_wait)};
  if (!sum.last && sum.ended) return Due{Why::all_resolved, now};
  if (!sum.last) return std::nullopt;
  if (sum.fresh) {
    const bool graver = !sum.open || sum.worst_fresh > sum.worst_open;
    const Span wait = graver ? grouping.group_wait : grouping.group_interval;
    return Due{Why::added, after(*sum.last, wait)};
  }
  const WallTime next = after(*sum.last, grouping.group_interval);
  if (sum.ended && !sum.open) return Due{Why::all_resolved, next};
  if (sum.ended_notified) return Due{Why::resolved, next};
  if (sum.open_notified) return Due{Why::repeat, after(*sum.last, grouping.repeat_interval)};
  return std::nullopt;
}

Span longest(Why why, const Grouping& grouping) {
  if (why == Why::first) return grouping.group_wait;
  return why == Why::repeat ? grouping.repeat_interval : grouping.group_interval;
}

}  // namespace

const config::Section<Grouping>& section_of(const Grouping*) {
  static const auto keys =
      config::Section<Grouping>()
          .key("group_wait", &Grouping::group_wait,
               "How long the first alert of a group waits for others.", {.min = 0, .max = 3600})
          .key("group_interval", &Grouping::group_interval,
               "How long a change of a group waits after the last message.",
               {.min = 1, .max = 86400})
          .key("repeat_interval", &Grouping::repeat_interval,
               "How often a group that keeps firing is sent again.", {.min = 60, .max = 2592000});
  return keys;
}

std::string_view name(Why why) {
  static constexpr std::array<std::string_view, 6> names = {"first",        "added",  "resolved",
                                                            "all_resolved", "repeat", "resend"};
  return names[static_cast<std::size_t>(why)];
}

std::optional<Due> due(std::span<const Pending* const> group, const Grouping& grouping,
                       WallTime now) {
  Sum sum;
  for (const Pending* pending : group) add(sum, *pending);
  auto found = due(sum, grouping, now);
  if (!found) return found;
  found->at = std::min(found->at, after(now, longest(found->why, grouping)));
  if (sum.refused)
    found->at = std::max(found->at, after(std::min(*sum.refused, now), grouping.group_interval));
  return found;
}

namespace {

std::optional<Due> due_unless_refused(const Pending& pending, Span every, WallTime now) {
  if (pending.owes_end()) {
    const bool late = pending.notified && *pending.notified > *pending.alert.ended;
    return Due{Why::resolved, late ? after(std::min(*pending.notified, now), every) : now};
  }
  if (pending.shown_firing() && !pending.known_firing())
    return pending.is_news() ? std::optional(Due{Why::first, now}) : std::nullopt;
  if (!pending.notified) return std::nullopt;
  return Due{Why::resend, after(std::min(*pending.notified, now), every)};
}

}  // namespace

std::optional<Due> due(const Pending& pending, Span every, WallTime now) {
  auto found = due_unless_refused(pending, every, now);
  if (found && pending.refused)
    found->at = std::max(found->at, after(std::min(*pending.refused, now), every / 6));
  return found;
}

}  // namespace sonde::notify
