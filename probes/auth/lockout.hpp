#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/section.hpp"
#include "probes/clock.hpp"
#include "probes/reason.hpp"

namespace sonde::auth {

// `lockout:` of a login: when to stop asking, before the account is locked by us.
struct LockoutRules {
  int after = 10;                           // refusals of the credentials, one after the other
  Span cooldown = std::chrono::minutes(5);  // from one trial to the next, from then on
};
const config::Section<LockoutRules>& section_of(const LockoutRules*);

// How an account was answered of late. Pure.
class Lockout {
 public:
  // Empty: a login may be made now, and is taken to be made. Else why not; reason suppressed.
  std::optional<Failure> ask(const LockoutRules& rules, Instant now);
  // What a login came to: ok, or why it failed.
  void note(Reason reason, Instant now);
  // The server wants no request before `until`.
  void quiet(Instant until);

  // The refusals in a row, and when the last login was made; for a store.
  int refused() const { return refused_; }
  Instant last() const { return last_; }
  void restore(int refused, Instant last);

 private:
  int refused_ = 0;
  Instant last_{};
  Instant quiet_until_{};
};

// How long a Retry-After header (RFC 9110 10.2.3) asks to wait: seconds, or a date against
// `server_now`, the Date header. At most an hour; empty for what is neither.
std::optional<Span> retry_after(std::string_view value, std::string_view server_now);

}  // namespace sonde::auth
