#include "probes/session/breaker.hpp"

#include <algorithm>
#include <vector>

namespace sonde::session {
namespace {

constexpr std::size_t refusals_min = 3, known_min = 3, known_max = 15;
constexpr Span echo = std::chrono::minutes(2), pause_for = std::chrono::minutes(10);

}  // namespace

void Breaker::refused(Instant now) {
  refusals_.push_back(now);
  if (refusals_.size() > refusals_min) refusals_.pop_front();
}

void Breaker::passed(Span took) {
  good_.push_back(took);
  if (good_.size() > known_max) good_.pop_front();
}

bool Breaker::is_fast(Span took) const {
  if (good_.size() < known_min) return true;
  std::vector<Span> sorted(good_.begin(), good_.end());
  const auto median = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, median);
  return took * 2 < *median;
}

bool Breaker::tripped(Instant now, Span took) {
  const bool ours = refusals_.size() == refusals_min && now - refusals_.front() <= echo;
  if (!ours || !is_fast(took)) return false;
  paused_until_ = now + pause_for;
  return true;
}

}  // namespace sonde::session
