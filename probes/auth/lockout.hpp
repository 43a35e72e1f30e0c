#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/section.hpp"
#include "probes/core/clock.hpp"
#include "probes/core/reason.hpp"

namespace sonde::auth {

// `lockout:` of a login: when to stop asking, before the account is locked by us.
struct LockoutRules {
  int after = 10;                           // refusals of the login, one after the other
  Span cooldown = std::chrono::minutes(5);  // from one trial to the next, from then on
};
const config::Section<LockoutRules>& section_of(const LockoutRules*);

// Whether a status refuses what a login sent, whatever the reason: 400, 401, 403, 422 and 423. A
// service may count each of them against the account. Not 404, 429 and 5xx.
bool is_refusal(int status);

// How often an account was refused in a row, and by which credentials.
struct RefusalCounts {
  int refused = 0;
  int redeemed = 0;                      // those of them that refused a refresh token, or may have
  int pending = 0;                       // logins under way, of all that use the account
  std::array<std::uint16_t, 2> tried{};  // marks of credentials that were refused; 0: none
  bool operator==(const RefusalCounts&) const = default;
};

// How the requests that carried an account's credentials were answered, and how many are under way.
// Never more than `after` of them can be refused in a row, and one of credentials that the user
// changed since. A mark tells one set of credentials from another; 0: nobody knows. Pure; see
// LoginGuard.
class Lockout {
 public:
  // Why no login may be made now (reason suppressed); empty: one may. Changed credentials do not
  // wait for the cooldown, once.
  std::optional<Failure> held(const LockoutRules& rules, Instant now, std::uint16_t mark = 0) const;
  // A request with credentials: true, and it is under way; false: so many are under way that it
  // has to wait for one of them to end. The error: as of held(), or suppressed because that many
  // outlive their runs.
  // `goes_on`: it follows another one of the login that is tried after a cooldown.
  std::expected<bool, Failure> begin(const LockoutRules& rules, Instant now, bool goes_on = false,
                                     std::uint16_t mark = 0);
  // One that is under way, whose run was cut before it was answered. A service that answers
  // refusals after our deadline counts them all the same.
  void outlives_run() { ++late_; }
  // The end of one that was under way; `redeems`: it showed a refresh token; `late`: it outlived
  // its run.
  struct Ended {
    bool refused = false, redeems = false, late = false;
    std::uint16_t mark = 0;
  };
  void end(Ended one, Instant now);
  // The user's own credentials came to a token or a session: the refusals are counted anew.
  void succeeded() { counts_ = {.pending = under_way_}; }
  // A refresh token did. That says nothing of a password which is refused beside it, so only the
  // refusals of refresh tokens are forgotten.
  void redeemed() { counts_.refused -= std::exchange(counts_.redeemed, 0); }
  // The server wants no request for `wish`, of which `most` is granted: nobody would see it
  // recover.
  void quiet(Span wish, Span most, Instant now);

  // The refusals in a row, and when the last request began that may become one, or did.
  int refused() const { return counts_.refused; }
  // With those that are under way elsewhere: each may become a refusal.
  int counted() const { return counts_.refused + elsewhere(); }
  const RefusalCounts& counts() const { return counts_; }
  Instant last() const { return last_; }
  // What all that use the account came to.
  void take(const RefusalCounts& counts, Instant last);

 private:
  bool is_changed(std::uint16_t mark) const;
  int elsewhere() const { return std::max(counts_.pending - under_way_, 0); }

  RefusalCounts counts_;
  int under_way_ = 0;
  int late_ = 0;    // those of them that outlive their runs
  Instant last_{};  // refusal, or request that took a place
  Instant quiet_until_{};
  std::string quiet_why_;
};

// How long a Retry-After header (RFC 9110 10.2.3) asks to wait: seconds, or a date against
// `server_now`, the Date header. At most an hour; empty for what is neither.
std::optional<Span> retry_after(std::string_view value, std::string_view server_now);

}  // namespace sonde::auth
