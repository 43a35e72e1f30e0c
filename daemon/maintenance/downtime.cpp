#include "daemon/maintenance/downtime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "config/duration.hpp"
#include "probes/text/json.hpp"

namespace sonde::maintenance {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> day_names = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

bool falls_on(const Recurrence& again, std::chrono::local_days day) {
  const std::chrono::weekday weekday(day);
  return again.days.empty() || std::ranges::find(again.days, weekday) != again.days.end();
}

// The next day is at most a week away; the earliest occurrence that may still be active began as
// long ago as its length.
std::optional<Period> occurrence_at(const Recurrence& again, WallTime now) {
  const auto today = std::chrono::floor<days>(again.zone.local(now));
  for (auto day = today - days(2) - std::chrono::floor<days>(again.length); day <= today + days(8);
       day += days(1)) {
    if (!falls_on(again, day)) continue;
    const WallTime from = again.zone.wall(day + again.at, Zone::Twice::first);
    if (from + again.length > now) return Period{from, from + again.length};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Period> period_at(const Downtime& downtime, WallTime now) {
  if (downtime.again) return occurrence_at(*downtime.again, now);
  return downtime.once.to > now ? std::optional(downtime.once) : std::nullopt;
}

std::optional<Cover> covering(std::span<const Downtime> downtimes, const Check& check,
                              WallTime now) {
  std::optional<Cover> longest;
  for (const Downtime& downtime : downtimes) {
    if (!selects(downtime.where, check)) continue;
    const auto period = period_at(downtime, now);
    if (period && period->holds(now) && (!longest || longest->until < period->to))
      longest = Cover{&downtime, period->to};
  }
  return longest;
}

std::optional<WallTime> next_change(std::span<const Downtime> downtimes, WallTime now) {
  std::optional<WallTime> next;
  for (const Downtime& downtime : downtimes) {
    const auto period = period_at(downtime, now);
    if (!period) continue;
    const WallTime change = period->from > now ? period->from : period->to;
    next = std::min(next.value_or(change), change);
  }
  return next;
}

std::string schedule_of(const Downtime& downtime) {
  if (!downtime.again) return "";
  const Recurrence& again = *downtime.again;
  std::vector<std::string_view> days;
  days.reserve(again.days.size());
  for (const auto day : again.days) days.push_back(day_names.at(day.c_encoding()));
  const auto minutes = again.at.count();
  return fmt::format("{} {:02}:{:02} for {}, {}",
                     days.empty() ? "daily" : fmt::format("{}", fmt::join(days, ", ")),
                     minutes / 60, minutes % 60, config::show(again.length), again.zone.name());
}

namespace {

using text::Json;
using text::json_quote;

std::string quoted(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ",") + json_quote(name);
  return "[" + all + "]";
}

std::vector<std::string> names_of(Json list) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (const auto name = list.item(i).string()) names.emplace_back(*name);
  return names;
}

std::string text_at(Json object, std::string_view member) {
  return std::string(object.member(member).string().value_or(""));
}

std::int64_t seconds_since_epoch(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

std::string text_of(const Downtime& downtime) {
  return fmt::format(
      R"({{"from":{},"to":{},"reason":{},"author":{},"probe":{},"kind":{},"target":{},"counted":{}}})",
      seconds_since_epoch(downtime.once.from), seconds_since_epoch(downtime.once.to),
      json_quote(downtime.reason), json_quote(downtime.author), quoted(downtime.where.probe),
      quoted(downtime.where.kind), quoted(downtime.where.target), downtime.counted);
}

std::optional<Downtime> downtime_of(std::string_view text) {
  const auto document = text::Document::parse(text);
  if (!document) return std::nullopt;
  const Json root = document->root();
  const auto from = root.member("from").number(), to = root.member("to").number();
  constexpr double latest = 9e9;  // before a WallTime ends
  if (!from || !to || *from < 0 || *to < *from || *to > latest) return std::nullopt;
  Downtime downtime;
  const auto at = [](double count) {
    return WallTime(std::chrono::seconds(static_cast<std::int64_t>(count)));
  };
  downtime.once = {at(*from), at(*to)};
  downtime.reason = text_at(root, "reason");
  downtime.author = text_at(root, "author");
  downtime.where = {names_of(root.member("probe")), names_of(root.member("kind")),
                    names_of(root.member("target"))};
  downtime.counted = root.member("counted").boolean().value_or(false);
  return downtime;
}

}  // namespace sonde::maintenance
