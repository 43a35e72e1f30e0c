#include "probes/auth/lockout.hpp"

#include <algorithm>
#include <charconv>

#include "probes/net/date.hpp"

namespace sonde::auth {
namespace {

std::string whole_seconds_of(Span span) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()) + " s";
}

Failure suppressed(const std::string& why, Span left) {
  return {Reason::suppressed, why + "; the next login in " + whole_seconds_of(left)};
}

Failure unanswered(int logins, int refused) {
  return {Reason::suppressed, std::to_string(logins) + " of our logins are not answered yet, and " +
                                  std::to_string(refused) +
                                  " were refused: the next could be one too many"};
}

}  // namespace

const config::Section<LockoutRules>& section_of(const LockoutRules*) {
  static const auto keys =
      config::Section<LockoutRules>()
          .key("after", &LockoutRules::after,
               "After so many refusals of the account in a row, whichever login meets them (400, "
               "401, 403, 422, 423, or what may say so), no login is made, but for one trial a "
               "cooldown.",
               {.min = 1, .max = 10000})
          .key("cooldown", &LockoutRules::cooldown, "Time from one such trial to the next.",
               {.min = 1, .max = 86400});
  return keys;
}

bool is_refusal(int status) {
  return status == 400 || status == 401 || status == 403 || status == 422 || status == 423;
}

// Different from the rejected credentials, of which at most two sets are remembered.
bool Lockout::is_changed(std::uint16_t mark) const {
  return mark != 0 && counts_.tried[0] != 0 && counts_.tried[0] != mark && counts_.tried[1] == 0;
}

std::optional<Failure> Lockout::held(const LockoutRules& rules, Instant now,
                                     std::uint16_t mark) const {
  const int counted = this->counted();
  if (now < quiet_until_) return suppressed(quiet_why_, quiet_until_ - now);
  if (counted < rules.after && counted + late_ >= rules.after)
    return unanswered(late_, counts_.refused);
  if (counted < rules.after) return std::nullopt;
  if (now < last_ + rules.cooldown && !is_changed(mark))
    return counts_.refused >= rules.after
               ? suppressed(
                     "logins were refused " + std::to_string(counts_.refused) + " times in a row",
                     last_ + rules.cooldown - now)
               : unanswered(elsewhere(), counts_.refused);
  if (under_way_ == 0) return std::nullopt;
  return suppressed("a login is tried after " + std::to_string(counted) + " refusals",
                    rules.cooldown);
}

std::expected<bool, Failure> Lockout::begin(const LockoutRules& rules, Instant now, bool goes_on,
                                            std::uint16_t mark) {
  // The login that is the trial after a cooldown may make all its requests.
  if (goes_on && counted() >= rules.after && under_way_ == 0) {
    ++under_way_;
    ++counts_.pending;
    return true;
  }
  if (auto why = held(rules, now, mark)) return std::unexpected(*std::move(why));
  if (counted() < rules.after && counted() + under_way_ >= rules.after) return false;
  last_ = now;
  ++under_way_;
  ++counts_.pending;
  return true;
}

void Lockout::end(Ended one, Instant now) {
  --under_way_;
  counts_.pending = std::max(counts_.pending - 1, 0);
  if (one.late) --late_;
  if (!one.refused) return;
  ++counts_.refused;
  if (one.redeems) ++counts_.redeemed;
  last_ = now;
  const auto known = std::ranges::find(counts_.tried, one.mark);
  const auto room = std::ranges::find(counts_.tried, 0);
  if (known == counts_.tried.end() && room != counts_.tried.end()) *room = one.mark;
}

void Lockout::take(const RefusalCounts& counts, Instant last) {
  counts_ = counts;
  last_ = last;
}

void Lockout::quiet(Span wanted, Span most, Instant now) {
  const Span granted = std::min(wanted, most);
  if (now + granted <= quiet_until_) return;
  quiet_until_ = now + granted;
  quiet_why_ = "the server wants to be left alone for " + whole_seconds_of(wanted);
  if (granted < wanted) quiet_why_ += ", and is for " + whole_seconds_of(granted);
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
