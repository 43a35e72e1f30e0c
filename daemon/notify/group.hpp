#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "daemon/notify/queue.hpp"

namespace sonde::notify {

// When those are told that do not group by themselves; as Alertmanager has it.
struct Grouping {
  Span group_wait = std::chrono::seconds(30);
  Span group_interval = std::chrono::minutes(5);
  Span repeat_interval = std::chrono::hours(4);
};
const config::Section<Grouping>& section_of(const Grouping*);

// Why a message is sent.
enum class Why : std::uint8_t { first, added, resolved, all_resolved, repeat, resend };
std::string_view name(Why why);

struct Due {
  Why why = Why::first;
  WallTime at;  // not before
};

// What a group of alerts is due; nothing while there is nothing to say. Pure.
//   first:        one fires of which nobody was told, or did and has ended meanwhile; after
//                 group_wait, counted from its start
//   added:        another one, after group_interval; a graver one after group_wait
//   resolved:     one has ended, others fire on
//   all_resolved: the last one has ended
//   repeat:       nothing new since repeat_interval
// Alerts that are held back (`told` false) cause none of them but all_resolved; where a message is
// sent, they are in it. Those that are muted cause neither `first`, `added` nor `repeat`, and are
// in a message only if the place has them already. After a refusal the group waits for
// group_interval. A clock that was set back delays nothing by more than the interval.
std::optional<Due> due(std::span<const Pending* const> group, const Grouping& grouping,
                       WallTime now);

// What is due of one alert to a place that groups by itself: at once what it does not know, then
// again and again (`resend`) what fires or has ended lately. Never what is held back and was not
// told before. An end that was there before the place was told of the start waits for that time,
// too: a place that hears of both at once tells nobody. What was refused is tried again after a
// sixth of that time: a proxy may have refused it, or the place has learnt to read it. Pure.
std::optional<Due> due(const Pending& pending, Span resend_every, WallTime now);

}  // namespace sonde::notify
