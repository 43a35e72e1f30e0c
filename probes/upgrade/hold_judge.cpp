#include <fmt/format.h>

#include <algorithm>

#include "probes/dialect/ending.hpp"
#include "probes/upgrade/hold.hpp"

namespace sonde::upgrade {
namespace {

// Shorter limits serve nobody; and one of a second is seen a little shorter from here.
constexpr Span idle_least = std::chrono::milliseconds(500);
constexpr Span early_slack = std::chrono::seconds(2);  // exp is in whole seconds, clocks differ

std::string after(const Held& held) {
  return fmt::format("after {:.1f} s", seconds(held.over - held.begun));
}

std::string against_expiry(const Held& held) {
  if (!held.expires) return "";
  const double late = seconds(held.over - *held.expires);
  return fmt::format(", {:.1f} s {} its token expired", late < 0 ? -late : late,
                     late < 0 ? "before" : "after");
}

std::string closed_with(const Held& held) {
  return fmt::format("{} {}{}", dialect::describe(*held.ending), after(held), against_expiry(held));
}

// Whoever cuts silent connections does so after the same silence each time, which was never
// survived before and is no moment; any other end is of a connection in use.
Failure without_close(const Held& held) {
  const Span silence = held.over - held.heard;
  const std::string how =
      fmt::format("{} without a Close {}, {:.1f} s after the server's last sign",
                  dialect::describe(*held.ending), after(held), seconds(silence));
  if (silence < idle_least || !held.ending->reason.empty()) return {Reason::close_unclean, how};
  if (silence > held.survived) return {Reason::idle_closed, how};
  return {Reason::close_unclean,
          fmt::format("{}; it had survived a silence of {:.1f} s", how, seconds(held.survived))};
}

std::optional<Failure> judge_open(const Held& held) {
  if (!held.ending) return std::nullopt;
  if (held.ending->by != EndedBy::close_frame) return without_close(held);
  const bool restarts = held.ending->code == 1001 || held.ending->code == 1012;
  return Failure{restarts ? Reason::restarting : Reason::hold_expired, closed_with(held)};
}

std::optional<Failure> judge_closed(const HoldEnd& wanted, const Held& held) {
  const bool outlived = held.expires && *held.expires + wanted.within > held.over;
  if (!held.ending && outlived)
    return Failure{Reason::hold_unclear,
                   fmt::format("the token outlives the hold by {:.0f} s; hold it longer, or log in "
                               "for a shorter one",
                               seconds(*held.expires - held.over))};
  if (!held.ending)
    return Failure{Reason::not_closed, "still open " + after(held) + against_expiry(held)};
  const bool right = dialect::ended_with(*held.ending, wanted.codes);
  if (!right && held.ending->by != EndedBy::close_frame) return without_close(held);
  const bool early = held.expires && held.over + early_slack < *held.expires;
  if (right && !early) return std::nullopt;
  return Failure{Reason::wrong_close,
                 fmt::format("{}, wanted {}", closed_with(held), fmt::join(wanted.codes, " or "))};
}

}  // namespace

Instant hold_until(const Hold& hold, Instant begun, std::optional<Instant> expires) {
  const Instant longest = begun + hold.length;
  if (!hold.expect.closed || !expires) return longest;
  return std::min(longest, std::max(*expires, begun) + hold.expect.within);
}

std::optional<Failure> judge_hold(const Hold& hold, const Held& held) {
  return hold.expect.closed ? judge_closed(hold.expect, held) : judge_open(held);
}

}  // namespace sonde::upgrade
