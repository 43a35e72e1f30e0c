#include "daemon/judge/objective.hpp"

namespace sonde {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

bool faster(const Objective& objective, const Counts& counts, std::uint64_t tenths) {
  return counts.failures * kWhole * 10 > tenths * (kWhole - objective.target) * counts.attempts;
}

}  // namespace

const std::array<BurnPair, 4> kBurnPairs{
    {{{"1h", hours(1), 0}, {"5m", minutes(5), 0}, 144, Urgency::page},
     {{"6h", hours(6), 1}, {"30m", minutes(30), 0}, 60, Urgency::page},
     {{"24h", hours(24), 2}, {"2h", hours(2), 1}, 30, Urgency::ticket},
     {{"3d", hours(72), 3}, {"6h", hours(6), 1}, 10, Urgency::ticket}}};

bool below(const Counts& counts, Millionths share) {
  return (counts.attempts - counts.failures) * kWhole < share * counts.attempts;
}

std::optional<double> burn_rate(const Objective& objective, const Counts& counts) {
  if (counts.attempts == 0 || objective.target >= kWhole) return std::nullopt;
  auto allowed = static_cast<double>(kWhole - objective.target) / kWhole;
  return static_cast<double>(counts.failures) / static_cast<double>(counts.attempts) / allowed;
}

std::optional<double> budget_left(const Objective& objective, const Counts& counts) {
  auto burned = burn_rate(objective, counts);
  return burned ? std::optional(1 - *burned) : std::nullopt;
}

bool burns(const Objective& objective, const BurnPair& pair, const Counts& lengthy,
           const Counts& brief) {
  return lengthy.failures >= objective.min_failures && faster(objective, lengthy, pair.tenths) &&
         faster(objective, brief, pair.tenths);
}

}  // namespace sonde
