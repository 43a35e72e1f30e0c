#include "daemon/judge/failure_log.hpp"

#include <algorithm>
#include <utility>

#include "daemon/judge/wall_clock.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::judge {
namespace {

bool same_failure(const auto& a, const auto& b) {
  return a.step == b.step && a.reason == b.reason && a.concluded == b.concluded;
}

}  // namespace

void FailureLog::add(WallSeconds at, const Verdict& failed, std::string_view run) {
  const Entry entry{wall_second(at), failed.step, failed.reason, failed.concluded};
  if (entries_.size() < failures_max) {
    entries_.push_back(entry);
  } else {
    forgotten_ = std::max(forgotten_, entries_[next_].at);
    entries_[next_] = entry;
    next_ = (next_ + 1) % failures_max;
  }
  keep_detail(failed, run);
}

void FailureLog::keep_detail(const Verdict& failed, std::string_view run) {
  std::erase_if(details_, [&failed](const Detail& kept) { return same_failure(kept, failed); });
  if (details_.size() >= details_max) details_.erase(details_.begin());
  details_.push_back({failed.step, failed.reason, failed.concluded,
                      std::string(text::cut(failed.detail, detail_bytes_max)), std::string(run)});
}

Failures FailureLog::since(WallSeconds begin) const {
  Failures failures;
  failures.complete = forgotten_ == 0 || WallSeconds(forgotten_) < begin;
  for (const Entry& entry : entries_) {
    if (WallSeconds(entry.at) < begin) continue;
    const WallTime at{WallSeconds(entry.at)};
    FailureGroup& group = group_of(entry, failures.groups);
    group.first = group.count == 0 ? at : std::min(group.first, at);
    group.last = group.count == 0 ? at : std::max(group.last, at);
    ++group.count;
  }
  std::ranges::sort(failures.groups, [](const FailureGroup& a, const FailureGroup& b) {
    return std::pair(a.count, a.last) > std::pair(b.count, b.last);
  });
  return failures;
}

FailureGroup& FailureLog::group_of(const Entry& entry, std::vector<FailureGroup>& groups) const {
  auto same = [&entry](const auto& other) { return same_failure(entry, other); };
  if (auto known = std::ranges::find_if(groups, same); known != groups.end()) return *known;
  FailureGroup& group = groups.emplace_back();
  group.step = entry.step;
  group.reason = entry.reason;
  group.concluded = entry.concluded;
  auto detail = std::ranges::find_if(details_, same);
  if (detail == details_.end()) return group;
  group.detail = detail->text;
  group.run = detail->run;
  return group;
}

void FailureLog::settle(WallSeconds now) {
  for (Entry& entry : entries_) entry.at = std::min(entry.at, wall_second(now));
  forgotten_ = std::min(forgotten_, wall_second(now));
}

}  // namespace sonde::judge
