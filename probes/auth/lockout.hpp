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

// `lockout:` of a login: when to stop trying, so that the monitor does not lock the account.
struct LockoutRules {
  int after = 10;                           // rejections of the login in a row
  Span cooldown = std::chrono::minutes(5);  // after that, time from one trial to the next
};
const config::Section<LockoutRules>& section_of(const LockoutRules*);

// Whether a status may reject what a login sent, for whatever reason: a 4xx, except those about the
// address, the form of the request or the load (404, 405, 429 and others). A service may count each
// of them against the account.
bool is_refusal(int status);

// How often an account was rejected in a row, and with which credentials.
struct RefusalCounts {
  int refused = 0;
  int redeemed = 0;  // those of them that were for a refresh token, or may have been
  int pending = 0;   // logins under way, of all users of the account
  std::array<std::uint16_t, 2> tried{};  // marks of rejected credentials; 0: none
  bool operator==(const RefusalCounts&) const = default;
};

// How long a server asked to be left alone, and how long it is.
struct QuietTime {
  Instant until{};  // of `granted`
  Span wanted{}, granted{};
};

// How requests with an account's credentials were answered, and how many are under way. At most
// `after` of them can be rejected in a row, plus one with credentials that the user has changed
// since. A mark distinguishes sets of credentials; 0: unknown. Pure; see LoginGuard.
class Lockout {
 public:
  // Why no login may be made now (reason suppressed); empty: one may. Changed credentials are
  // exempt from the cooldown once.
  std::optional<Failure> held(const LockoutRules& rules, Instant now, std::uint16_t mark = 0) const;
  // Starts a request with credentials. True: it is under way. False: too many are under way, here
  // or elsewhere, so it has to wait until one ends. The error: as of held(), or suppressed because
  // that many outlive their runs. `goes_on`: it continues a login that is the trial after a
  // cooldown.
  std::expected<bool, Failure> begin(const LockoutRules& rules, Instant now, bool goes_on = false,
                                     std::uint16_t mark = 0);
  // A request under way shows the same credentials once more, as a redirect asks for. False: if all
  // that are under way were rejected, there would be more than `after`; nothing is begun. `goes_on`
  // as in begin().
  bool press_again(const LockoutRules& rules, Instant now, bool goes_on = false);
  // Requests under way outlive their run, which was cancelled before the answer came. A service
  // that rejects after our deadline still counts the rejection.
  void outlive_run(int requests) { late_ += requests; }
  // Ends requests of one run that were under way. `redeems`: they showed a refresh token; `late`:
  // they outlived their run.
  struct Ended {
    bool refused = false, redeems = false, late = false;
    std::uint16_t mark = 0;
    int requests = 1;
  };
  void end(Ended one, Instant now);
  // Counts a rejection that came when its request had ended.
  void refused_late(std::uint16_t mark, Instant now);
  // The user's own credentials led to a token or a session: the count of rejections restarts.
  void succeeded() { counts_ = {.pending = under_way_}; }
  // A refresh token led to a token. That says nothing about a password that is rejected beside it,
  // so only the rejections of refresh tokens are cleared.
  void redeemed() { counts_.refused -= std::exchange(counts_.redeemed, 0); }
  // That many of the counted rejections were none.
  void forgive(int count);
  // The server asks for no request for `wanted`, of which at most `most` is granted; otherwise a
  // recovery would go unnoticed.
  void quiet(Span wanted, Span most, Instant now);
  // The same, asked for elsewhere; the later end applies.
  void quiet(const QuietTime& time);
  const QuietTime& quiet_time() const { return quiet_; }

  // The refusals in a row, and when the last request began that may become one, or did.
  int refused() const { return counts_.refused; }
  // Rejections plus requests under way elsewhere, each of which may be rejected.
  int counted() const { return counts_.refused + elsewhere(); }
  const RefusalCounts& counts() const { return counts_; }
  Instant last() const { return last_; }
  // Whether other users of the account have requests under way.
  bool waits_for_others() const { return elsewhere() > 0; }
  // Takes over the counts of all users of the account.
  void take(const RefusalCounts& counts, Instant last);

 private:
  bool is_changed(std::uint16_t mark) const;
  int elsewhere() const { return std::max(counts_.pending - under_way_, 0); }

  RefusalCounts counts_;
  int under_way_ = 0;
  int late_ = 0;    // those of them that outlive their runs
  Instant last_{};  // refusal, or request that took a place
  QuietTime quiet_;
};

// How long a Retry-After header (RFC 9110 section 10.2.3) asks to wait: seconds, or a date relative
// to `server_now`, the Date header. At most an hour; nullopt if the value is neither.
std::optional<Span> retry_after(std::string_view value, std::string_view server_now);

}  // namespace sonde::auth
