#include "daemon/store/backlog.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/store/transcript.hpp"

namespace sonde::store {
namespace {

auto place_of(const BucketRow& row) { return std::tie(row.tier, row.slot, row.series); }
auto place_of(const StateRecord& note) { return std::tie(note.component, note.key); }

template <class Row>
void append(std::vector<Row>& to, std::vector<Row> rows) {
  if (to.empty())
    to = std::move(rows);
  else
    std::ranges::move(rows, std::back_inserter(to));
}

// Keeps only the last of several rows with the same key, in order.
template <class Row>
void keep_last(std::vector<Row>& rows) {
  std::set<decltype(place_of(rows.front()))> seen;
  std::vector<Row> kept;
  std::vector<bool> last(rows.size());
  for (std::size_t i = rows.size(); i-- > 0;) last[i] = seen.insert(place_of(rows[i])).second;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (last[i]) kept.push_back(std::move(rows[i]));
  rows = std::move(kept);
}

template <class Row>
std::size_t drop_oldest(std::vector<Row>& rows, std::size_t max) {
  if (rows.size() <= max) return 0;
  const auto excess = static_cast<std::ptrdiff_t>(rows.size() - max);
  rows.erase(rows.begin(), rows.begin() + excess);
  return static_cast<std::size_t>(excess);
}

// Searches for equal keys when there are twice as many rows as at the last search.
template <class Row>
std::size_t settle(std::vector<Row>& rows, std::size_t& settled, std::size_t max) {
  if (rows.size() < 2 * settled + 1024) return 0;
  keep_last(rows);
  const std::size_t dropped = drop_oldest(rows, max);
  settled = rows.size();
  return dropped;
}

std::size_t traces_in(const std::vector<KeptResult>& results) {
  return static_cast<std::size_t>(
      std::ranges::count_if(results, [](const KeptResult& kept) { return has_trace(*kept); }));
}

template <class Row>
std::size_t copy_some(const std::vector<Row>& from, std::size_t begin, std::size_t rows,
                      std::vector<Row>& to) {
  const std::size_t end = std::min(from.size(), begin + rows);
  to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin),
            from.begin() + static_cast<std::ptrdiff_t>(end));
  return end;
}

template <class Row>
void drop_first(std::vector<Row>& rows, std::size_t count) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

void Backlog::add(Changes changes) {
  traces_ += traces_in(changes.results) + changes.passed.size();
  append(waiting_.results, std::move(changes.results));
  append(waiting_.buckets, std::move(changes.buckets));
  append(waiting_.notes, std::move(changes.notes));
  append(waiting_.passed, std::move(changes.passed));
  drop_oldest(waiting_.passed, traces_max);
  lost_ += drop_oldest(waiting_.results, results_max) +
           settle(waiting_.buckets, buckets_settled_, buckets_max) +
           settle(waiting_.notes, notes_settled_, notes_max);
}

Changes Backlog::take() {
  traces_ = buckets_settled_ = notes_settled_ = 0;
  return std::exchange(waiting_, {});
}

void Backlog::put_back(Changes taken) {
  Changes since = take();
  add(std::move(taken));
  add(std::move(since));
}

Changes Pieces::next(std::size_t rows) {
  Changes piece;
  next_.notes = copy_some(changes_.notes, kept_.notes, rows, piece.notes);
  rows -= piece.notes.size();
  next_.buckets = copy_some(changes_.buckets, kept_.buckets, rows, piece.buckets);
  rows -= piece.buckets.size();
  next_.results = copy_some(changes_.results, kept_.results, rows, piece.results);
  rows -= piece.results.size();
  next_.passed = copy_some(changes_.passed, kept_.passed, rows, piece.passed);
  return piece;
}

void Pieces::kept() { kept_ = next_; }

void Pieces::forget_kept() {
  drop_first(changes_.notes, kept_.notes);
  drop_first(changes_.buckets, kept_.buckets);
  drop_first(changes_.results, kept_.results);
  drop_first(changes_.passed, kept_.passed);
  kept_ = next_ = {};
}

}  // namespace sonde::store
