#include "daemon/schedule/schedule.hpp"

#include <algorithm>
#include <limits>

#include "daemon/schedule/share.hpp"

namespace sonde::schedule {
namespace {

// The first tick after `now`.
Instant first_after(Instant now, Span phase, Span every) {
  Span since = (now.time_since_epoch() - phase) % every;
  if (since < Span::zero()) since += every;
  return now - since + every;
}

std::uint32_t clamped(std::int64_t count) {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(count, most));
}

}  // namespace

Span phase_of(std::string_view name, std::string_view target, Span every) {
  auto span = static_cast<std::uint64_t>(every.count());
  return Span(static_cast<std::int64_t>(stable_hash({name, target}) % span));
}

void Schedule::add(std::size_t id, Span phase, Span every, Instant now) {
  heap_.push_back({first_after(now, phase, every), every, id});
  std::ranges::push_heap(heap_, later);
}

void Schedule::remove(const std::set<std::size_t>& ids) {
  std::erase_if(heap_, [&ids](const Entry& entry) { return ids.contains(entry.id); });
  std::ranges::make_heap(heap_, later);
}

std::vector<Tick> Schedule::take_due(Instant now) {
  std::vector<Tick> due;
  while (!heap_.empty() && heap_.front().at <= now) {
    std::ranges::pop_heap(heap_, later);
    Entry& entry = heap_.back();
    std::int64_t missed = (now - entry.at) / entry.every;
    Instant latest = entry.at + missed * entry.every;
    due.push_back({entry.id, latest, clamped(missed)});
    entry.at = latest + entry.every;
    std::ranges::push_heap(heap_, later);
  }
  return due;
}

std::optional<Instant> Schedule::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

std::optional<Instant> Schedule::last_within(Span window) const {
  if (heap_.empty()) return std::nullopt;
  return last_below(0, heap_.front().at + window);
}

// Searches the heap below `root`, which itself is not after `limit`: no entry is earlier than its
// parent.
Instant Schedule::last_below(std::size_t root, Instant limit) const {
  Instant last = heap_[root].at;
  for (const std::size_t below : {2 * root + 1, 2 * root + 2})
    if (below < heap_.size() && heap_[below].at <= limit)
      last = std::max(last, last_below(below, limit));
  return last;
}

}  // namespace sonde::schedule
