#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde {

// Shares are whole parts of a million, so that they compare exactly: 90 % is 900'000.
using Millionths = std::uint32_t;
constexpr Millionths kWhole = 1'000'000;

// Whether fewer than `share` succeeded. Exactly the share is not below it; nothing tried never is.
bool below(const Tally& tally, Millionths share);

// What may fail: all but `target` of the attempts, and no burn is told before `min_failures` in its
// long window. A target of 100 % allows nothing, and every failure burns.
struct Objective {
  Millionths target = 995'000;
  std::uint64_t min_failures = 3;
};

// The share of the failures allowed among `tally` that has not been used: 1 for none used, below 0
// when overspent. Nothing while there is nothing to judge, or nothing is allowed.
std::optional<double> budget_left(const Objective& objective, const Tally& tally);
// How many times faster than allowed it failed; nothing as above.
std::optional<double> burn_rate(const Objective& objective, const Tally& tally);

enum class Urgency { page, ticket };
struct BurnWindow {
  std::string_view label;
  std::chrono::seconds length;
};
// Burning is told when both windows fail more than `tenths` / 10 times faster than allowed
// (Google's SRE workbook, chapter 5, for 30 days).
struct BurnPair {
  BurnWindow lengthy, brief;
  std::uint32_t tenths;
  Urgency urgency;
};
extern const std::array<BurnPair, 4> kBurnPairs;

bool burns(const Objective& objective, const BurnPair& pair, const Tally& lengthy,
           const Tally& brief);

}  // namespace sonde
