#include "daemon/schedule/diagnoses.hpp"

#include <algorithm>

namespace sonde {
namespace {

constexpr Span lately = std::chrono::minutes(10);
constexpr Span hour = std::chrono::hours(1);
constexpr std::size_t known_max = 16;

}  // namespace

void Diagnoses::passed(Instant now) {
  passed_ = now;
  known_.clear();
}

bool Diagnoses::passed_lately(Instant now) const { return passed_ && now - *passed_ <= lately; }

const Conclusion* Diagnoses::known(const Observation& failure) const {
  const auto found = std::ranges::find(known_, failure, &Known::failure);
  return found != known_.end() && found->conclusion ? &*found->conclusion : nullptr;
}

Reason Diagnoses::counted_as(const Observation& failure, Reason reason) {
  Known& known = entry(failure);
  if (!known.counted_as) known.counted_as = reason;
  return *known.counted_as;
}

Diagnoses::Known& Diagnoses::entry(const Observation& failure) {
  const auto found = std::ranges::find(known_, failure, &Known::failure);
  if (found != known_.end()) return *found;
  if (known_.size() == known_max) known_.pop_front();
  return known_.emplace_back(Known{.failure = failure, .conclusion = {}, .counted_as = {}});
}

bool Diagnoses::begin(int max_per_hour, Instant now) {
  while (!begun_.empty() && now - begun_.front() >= hour) begun_.pop_front();
  if (under_way_ || begun_.size() >= static_cast<std::size_t>(max_per_hour)) return false;
  begun_.push_back(now);
  under_way_ = true;
  return true;
}

void Diagnoses::end(const Observation& failure, std::optional<Conclusion> conclusion, bool asked) {
  under_way_ = false;
  const bool overtaken = passed_ && !begun_.empty() && *passed_ > begun_.back();
  if (!asked && !begun_.empty()) begun_.pop_back();
  if (!conclusion || overtaken) return;
  entry(failure).conclusion = std::move(conclusion);
}

}  // namespace sonde
