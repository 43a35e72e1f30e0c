#include "probes/auth/keeper.hpp"

namespace sonde::auth {
namespace {

constexpr Span forgotten_after = std::chrono::hours(24 * 7);

}  // namespace

Purse& Keeper::purse(const Account& account, Instant now) {
  auto found = purses_.find(account);
  if (found == purses_.end()) {
    std::erase_if(purses_,
                  [now](const auto& row) { return now - row.second.used > forgotten_after; });
    found = purses_.try_emplace(account).first;
  }
  found->second.used = now;
  return found->second;
}

}  // namespace sonde::auth
