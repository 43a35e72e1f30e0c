#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/core/result.hpp"

namespace sonde::metrics {

// Upper bounds of buckets in seconds: eight at most, for each is a series of every probe.
// Thresholds of alerts are at a bound.
inline constexpr double latency_bounds[] = {.01, .05, .25, 1, 5, 10, 15, 30};
// To measure the scheduler.
inline constexpr double lateness_bounds[] = {.0005, .001, .0025, .01, .05, .25, 1, 5};

// A run that stands for others: its id and its value. There are many, so the id is packed.
struct Exemplar {
  Exemplar() = default;
  // Empty if `result` has no id.
  Exemplar(const Result& result, double of) : started(result.started), value(of) {
    if (result.id.size() == id.size()) std::ranges::copy(result.id, id.begin());
  }
  bool empty() const { return id.front() == '\0'; }
  std::string_view run() const { return {id.data(), id.size()}; }

  std::array<char, 32> id = {};
  std::chrono::system_clock::time_point started = {};
  double value = 0;
};

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

  // The same of a run, which becomes the exemplar of its bucket.
  void observe(Span span, const Result& run) {
    if (exemplars_.empty()) exemplars_.resize(counts_.size());
    const auto bucket = std::ranges::lower_bound(bounds_, seconds(span)) - bounds_.begin();
    exemplars_[static_cast<std::size_t>(bucket)] = Exemplar(run, seconds(span));
    observe(span);
  }

  std::span<const double> bounds() const { return bounds_; }
  // One for each bucket, or none at all.
  std::span<const Exemplar> exemplars() const { return exemplars_; }
  // Not cumulative; the last bucket has no bound.
  std::span<const std::uint64_t> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;
  std::vector<Exemplar> exemplars_;
  double sum_ = 0;
};

}  // namespace sonde::metrics
