#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/section.hpp"
#include "probes/clock.hpp"
#include "probes/reason.hpp"

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

// How the requests that carried an account's credentials were answered, and how many are under way.
// Never more than `after` of them can be refused in a row. Pure; see LoginGuard.
class Lockout {
 public:
  // Why no login may be made now (reason suppressed); empty: one may.
  std::optional<Failure> held(const LockoutRules& rules, Instant now) const;
  // A request with credentials: true, and it is under way; false: so many are under way that it
  // has to wait for one of them to end. The error: as of held(), or suppressed because that many
  // outlive their runs.
  // `goes_on`: it follows another one of the login that is tried after a cooldown.
  std::expected<bool, Failure> begin(const LockoutRules& rules, Instant now, bool goes_on = false);
  // One that is under way, whose run was cut before it was answered. A service that answers
  // refusals after our deadline counts them all the same.
  void outlives_run() { ++late_; }
  // The end of one that was under way; `redeems`: it showed a refresh token; `late`: it outlived
  // its run.
  struct Ended {
    bool refused = false, redeems = false, late = false;
  };
  void end(Ended one, Instant now);
  // The user's own credentials came to a token or a session: the refusals are counted anew.
  void succeeded() { refused_ = redeemed_ = 0; }
  // A refresh token did. That says nothing of a password which is refused beside it, so only the
  // refusals of refresh tokens are forgotten.
  void redeemed() { refused_ -= std::exchange(redeemed_, 0); }
  // The server wants no request for `wish`, of which `most` is granted: nobody would see it
  // recover.
  void quiet(Span wish, Span most, Instant now);

  // The refusals in a row, and when the last one came; for a store.
  int refused() const { return refused_; }
  Instant last() const { return last_; }
  void restore(int refused, Instant last);

 private:
  int refused_ = 0;
  int redeemed_ = 0;  // those of them that refused a refresh token, or may have
  int under_way_ = 0;
  int late_ = 0;    // those of them that outlive their runs
  Instant last_{};  // refusal, or trial after a cooldown
  Instant quiet_until_{};
  std::string quiet_why_;
};

// How long a Retry-After header (RFC 9110 10.2.3) asks to wait: seconds, or a date against
// `server_now`, the Date header. At most an hour; empty for what is neither.
std::optional<Span> retry_after(std::string_view value, std::string_view server_now);

}  // namespace sonde::auth
