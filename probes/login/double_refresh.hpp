#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "config/section.hpp"
#include "probes/auth/login.hpp"

namespace sonde::login {

// What a server does with a refresh token that is redeemed twice at once, as by two tabs of a
// browser (RFC 9700 section 4.14.2): one request gets new tokens, which stay valid; or both do (no
// rotation, or a grace period); or the server detects the reuse and revokes everything derived from
// the token.
enum class DoubleRefresh : std::uint8_t { one_wins, both_ok, family_revoked };
std::span<const config::Named<DoubleRefresh>> names_of(const DoubleRefresh*);

// `refresh:` of a login probe.
struct RefreshPolicy {
  DoubleRefresh twice = DoubleRefresh::one_wins;
};
const config::Section<RefreshPolicy>& section_of(const RefreshPolicy*);

// The result of two simultaneous refreshes.
struct TwoRefreshes {
  int granted = 0;                  // of the two requests
  std::optional<bool> still_works;  // the refresh token that the only winner got, redeemed later
};

// Empty if it agrees with the policy; otherwise refresh_race. Pure.
std::optional<Failure> judge_refreshes(DoubleRefresh policy, const TwoRefreshes& seen);

// Redeems `refresh` twice at once, and then the winner's new one. Failures: refresh_race,
// answer_incomplete (there is no refresh token), and those of a login other than a rejection.
boost::asio::awaitable<std::optional<Failure>> refresh_twice(const auth::Redeemer& redeemer,
                                                             DoubleRefresh policy,
                                                             auth::Context context,
                                                             std::string refresh);

}  // namespace sonde::login
