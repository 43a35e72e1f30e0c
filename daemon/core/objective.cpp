#include "daemon/core/objective.hpp"

namespace sonde {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

bool faster(const Objective& objective, const Tally& tally, std::uint64_t tenths) {
  return tally.failures * kWhole * 10 > tenths * (kWhole - objective.target) * tally.attempts;
}

}  // namespace

const std::array<BurnPair, 4> kBurnPairs{
    {{{"1h", hours(1)}, {"5m", minutes(5)}, 144, Urgency::page},
     {{"6h", hours(6)}, {"30m", minutes(30)}, 60, Urgency::page},
     {{"24h", hours(24)}, {"2h", hours(2)}, 30, Urgency::ticket},
     {{"3d", hours(72)}, {"6h", hours(6)}, 10, Urgency::ticket}}};

bool below(const Tally& tally, Millionths share) {
  return (tally.attempts - tally.failures) * kWhole < share * tally.attempts;
}

std::optional<double> burn_rate(const Objective& objective, const Tally& tally) {
  if (tally.attempts == 0 || objective.target >= kWhole) return std::nullopt;
  auto allowed = static_cast<double>(kWhole - objective.target) / kWhole;
  return static_cast<double>(tally.failures) / static_cast<double>(tally.attempts) / allowed;
}

std::optional<double> budget_left(const Objective& objective, const Tally& tally) {
  auto burned = burn_rate(objective, tally);
  return burned ? std::optional(1 - *burned) : std::nullopt;
}

bool burns(const Objective& objective, const BurnPair& pair, const Tally& lengthy,
           const Tally& brief) {
  return lengthy.failures >= objective.min_failures && faster(objective, lengthy, pair.tenths) &&
         faster(objective, brief, pair.tenths);
}

}  // namespace sonde
