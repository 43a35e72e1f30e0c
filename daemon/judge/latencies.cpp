#include "daemon/judge/latencies.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/judge/wall_clock.hpp"

namespace sonde::judge {
namespace {

using std::chrono::microseconds;

std::uint32_t micros_of(Span took) {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  const auto micros = std::chrono::ceil<microseconds>(took).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(micros, 0, most));
}

}  // namespace

std::optional<Span> time_of(const Result& result, Timed timed) {
  const bool passed = result.verdict.outcome == Outcome::pass;
  switch (timed) {
    case Timed::duration:
      return passed ? std::optional(result.took) : std::nullopt;
    case Timed::ready:
      return passed ? time_to_ready(result) : std::nullopt;
    case Timed::first_event:
      return result.trace->first_event;
    case Timed::terminal_event:
      return result.trace->terminal_event;
    case Timed::longest_silence:
      return result.trace->longest_silence;
  }
  return std::nullopt;
}

void Latencies::add(WallSeconds at, Span took) {
  const Sample sample{wall_second(at), micros_of(took)};
  if (samples_.size() < samples_max) {
    samples_.push_back(sample);
    return;
  }
  samples_[next_] = sample;
  next_ = (next_ + 1) % samples_max;
}

std::optional<Quantile> Latencies::quantile(double q, WallSeconds begin) const {
  std::vector<std::uint32_t> times;
  for (const Sample& sample : samples_)
    if (WallSeconds(sample.at) >= begin) times.push_back(sample.micros);
  if (times.empty()) return std::nullopt;
  // Nearest-rank method. A share such as 0.95 is not exact in binary; the correction keeps it from
  // adding a rank.
  const double rank = std::ceil(q * static_cast<double>(times.size()) - 1e-9);
  const auto last = static_cast<double>(times.size());
  const auto nth = times.begin() + static_cast<std::ptrdiff_t>(std::clamp(rank, 1.0, last)) - 1;
  std::ranges::nth_element(times, nth);
  return Quantile{microseconds(*nth), times.size()};
}

void Latencies::settle(WallSeconds now) {
  for (Sample& sample : samples_) sample.at = std::min(sample.at, wall_second(now));
}

}  // namespace sonde::judge
