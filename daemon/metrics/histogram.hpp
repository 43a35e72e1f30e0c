#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "probes/core/clock.hpp"

namespace sonde::metrics {

// Upper bounds of buckets in seconds: eight at most, for each is a series of every probe.
// Thresholds of alerts are at a bound.
inline constexpr double latency_bounds[] = {.01, .05, .25, 1, 5, 10, 15, 30};
// To measure the scheduler.
inline constexpr double lateness_bounds[] = {.0005, .001, .0025, .01, .05, .25, 1, 5};

// Counts by bucket, without the names and labels that a library would store with each.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds), counts_(bounds.size() + 1) {}

  void observe(Span span) {
    const double value = seconds(span);
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += value;
  }

  std::span<const double> bounds() const { return bounds_; }
  // Not cumulative; the last bucket has no bound.
  std::span<const std::uint64_t> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

}  // namespace sonde::metrics
