#include "daemon/core/check_state.hpp"

namespace sonde {

std::string_view name(CheckState state) {
  switch (state) {
    case CheckState::passing:
      return "passing";
    case CheckState::unknown:
      break;
    case CheckState::inconclusive:
      return "inconclusive";
    case CheckState::failing:
      return "failing";
  }
  return "unknown";
}

CheckState state_of(const Check& check, const CheckStatus& status, WallTime now) {
  if (status.consecutive_failures > 0 && status.failing) return CheckState::failing;
  if (status.inconclusive || status.blind || fails_left_out(status))
    return CheckState::inconclusive;
  return status.last && !is_stale(check, status, now) ? CheckState::passing : CheckState::unknown;
}

bool is_stale(const Check& check, const CheckStatus& status, WallTime now) {
  const auto longest = std::chrono::duration_cast<WallTime::duration>(
      3 * check.every + check.timeout + std::chrono::seconds(5));
  return status.last_run && now - *status.last_run > longest;
}

}  // namespace sonde
