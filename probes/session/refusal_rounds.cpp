#include "probes/session/refusal_rounds.hpp"

#include <algorithm>

namespace sonde::session {
namespace {

constexpr std::size_t rows_max = 1000;
constexpr Span rows_kept = std::chrono::hours(24);
constexpr int patience = 3;  // in intervals, for a probe that asked and does not ask again

}  // namespace

bool RefusalRounds::goes_first(const Row& row, const Row& before) const {
  if (!last_failed_ && row.failed != before.failed) return row.failed;
  return row.made < before.made;
}

bool RefusalRounds::begin(const void* probe, Span every, bool failed, Instant now) {
  if (probes_.size() >= rows_max)
    std::erase_if(probes_, [&](const auto& row) { return row.second.asked < now - rows_kept; });
  Row& own = probes_[probe];
  own.asked = now;
  own.failed = failed;
  const bool never = last_ == Instant::min();
  if (!never && now - last_ < every) return false;
  const bool others_first =
      !never && now - last_ < patience * every &&
      std::ranges::any_of(
          probes_,
          [&](const auto& row) {
            return row.first != probe && row.second.asked > last_ && goes_first(row.second, own);
          });
  if (others_first) return false;
  own.made = last_ = now;
  last_failed_ = failed;
  return true;
}

}  // namespace sonde::session
