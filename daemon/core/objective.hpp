#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/view.hpp"

namespace sonde {

// Shares in millionths, as integers, so that comparisons are exact: 90 % is 900'000.
using Millionths = std::uint32_t;
constexpr Millionths kWhole = 1'000'000;

// Whether less than `share` of the attempts succeeded. False if exactly `share` did, and if there
// were no attempts.
bool below(const Tally& tally, Millionths share);

// An error budget: all attempts but `target` may fail. No burn is reported while the long window
// has fewer than `min_failures` failures. With a target of 100 % every failure burns.
struct Objective {
  Millionths target = 995'000;
  std::uint64_t min_failures = 3;
};

// The part of the error budget of `tally` that is left: 1 if unused, negative if overspent. nullopt
// if there are no attempts or the budget is zero.
std::optional<double> budget_left(const Objective& objective, const Tally& tally);
// Failure ratio divided by the allowed failure ratio; nullopt as for budget_left.
std::optional<double> burn_rate(const Objective& objective, const Tally& tally);

enum class Urgency { page, ticket };
struct BurnWindow {
  std::string_view label;
  std::chrono::seconds length;
};
// A burn is reported if in both windows the failure ratio is more than `tenths` / 10 times the
// allowed one (Google SRE Workbook, chapter 5, for a period of 30 days).
struct BurnPair {
  BurnWindow lengthy, brief;
  std::uint32_t tenths;
  Urgency urgency;
};
extern const std::array<BurnPair, 4> kBurnPairs;

bool burns(const Objective& objective, const BurnPair& pair, const Tally& lengthy,
           const Tally& brief);

}  // namespace sonde
