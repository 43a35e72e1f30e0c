#include "probes/auth/lockout.hpp"

#include <algorithm>
#include <charconv>

#include "probes/net/date.hpp"

namespace sonde::auth {
namespace {

Failure suppressed(const std::string& why, Span left) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(left);
  return {Reason::suppressed, why + "; the next login in " + std::to_string(whole.count()) + " s"};
}

}  // namespace

const config::Section<LockoutRules>& section_of(const LockoutRules*) {
  static const auto keys =
      config::Section<LockoutRules>()
          .key("after", &LockoutRules::after,
               "After so many refusals of the credentials in a row no login is made, but for one "
               "trial a cooldown.",
               {.min = 1, .max = 10000})
          .key("cooldown", &LockoutRules::cooldown, "Time from one such trial to the next.",
               {.min = 1, .max = 86400});
  return keys;
}

std::optional<Failure> Lockout::ask(const LockoutRules& rules, Instant now) {
  if (now < quiet_until_)
    return suppressed("the server wants to be left alone", quiet_until_ - now);
  if (refused_ >= rules.after && now < last_ + rules.cooldown)
    return suppressed("the credentials were refused " + std::to_string(refused_) + " times",
                      last_ + rules.cooldown - now);
  last_ = now;
  return std::nullopt;
}

void Lockout::note(Reason reason, Instant now) {
  if (reason == Reason::ok) refused_ = 0;
  if (reason != Reason::credentials && reason != Reason::account_locked) return;
  ++refused_;
  last_ = now;
}

void Lockout::quiet(Instant until) { quiet_until_ = std::max(quiet_until_, until); }

void Lockout::restore(int refused, Instant last) {
  refused_ = refused;
  last_ = last;
}

std::optional<Span> retry_after(std::string_view value, std::string_view server_now) {
  constexpr std::int64_t longest = 3600;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (value.empty() || error != std::errc() || end != value.data() + value.size()) {
    const auto until = net::parse_date(value), now = net::parse_date(server_now);
    if (!until || !now) return std::nullopt;
    seconds = (*until - *now).count();
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, longest));
}

}  // namespace sonde::auth
