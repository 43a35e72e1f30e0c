#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "config/section.hpp"
#include "probes/auth/login.hpp"

namespace sonde::login {

// What becomes of a refresh token that is redeemed twice at once, as two tabs of a browser do
// (RFC 9700 4.14.2): one is given new tokens and keeps them; both are (no rotation, or a grace
// period); or the reuse is noticed and all that came of the token is revoked.
enum class DoubleRefresh : std::uint8_t { one_wins, both_ok, family_revoked };
std::span<const config::Named<DoubleRefresh>> names_of(const DoubleRefresh*);

// `refresh:` of a login probe.
struct RefreshPolicy {
  DoubleRefresh twice = DoubleRefresh::one_wins;
};
const config::Section<RefreshPolicy>& section_of(const RefreshPolicy*);

// What two refreshes at once came to.
struct TwoRefreshes {
  int granted = 0;                  // of the two
  std::optional<bool> still_works;  // the refresh token that the only winner got, redeemed later
};

// Empty if it is as the policy says, else refresh_race; pure.
std::optional<Failure> judge_refreshes(DoubleRefresh policy, const TwoRefreshes& seen);

// Redeems `refresh` twice at once, and the winner's new one afterwards. Failures: refresh_race,
// answer_incomplete (there is no refresh token), and those of a login but for a refusal.
boost::asio::awaitable<std::optional<Failure>> refresh_twice(const auth::Redeemer& redeemer,
                                                             DoubleRefresh policy,
                                                             auth::Context context,
                                                             std::string refresh);

}  // namespace sonde::login
