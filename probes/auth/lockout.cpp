#include "probes/auth/lockout.hpp"

#include <algorithm>
#include <array>
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

std::string why_quiet(const QuietTime& time) {
  const std::string why = "the server wants to be left alone for " + whole_seconds_of(time.wanted);
  return time.granted < time.wanted ? why + ", and is for " + whole_seconds_of(time.granted) : why;
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
               "After so many refusals of the account in a row, whichever login meets them (a 4xx "
               "that may be about the user, or what else may refuse), no login is made, but for "
               "one trial a cooldown.",
               {.min = 1, .max = 10000})
          .key("cooldown", &LockoutRules::cooldown, "Time from one such trial to the next.",
               {.min = 1, .max = 86400});
  return keys;
}

bool is_refusal(int status) {
  // Of the address, the form of the request, or the load (RFC 9110, RFC 6585).
  constexpr std::array about_else = {404, 405, 408, 410, 411, 413, 414,
                                     415, 421, 425, 426, 429, 431};
  return status / 100 == 4 && std::ranges::find(about_else, status) == about_else.end();
}

// Different from the rejected credentials, of which at most two sets are remembered.
bool Lockout::is_changed(std::uint16_t mark) const {
  return mark != 0 && counts_.tried[0] != 0 && counts_.tried[0] != mark && counts_.tried[1] == 0;
}

std::optional<Failure> Lockout::held(const LockoutRules& rules, Instant now,
                                     std::uint16_t mark) const {
  const int counted = this->counted();
  if (now < quiet_.until) return suppressed(why_quiet(quiet_), quiet_.until - now);
  if (counted < rules.after && counted + late_ >= rules.after)
    return unanswered(late_, counts_.refused);
  if (counted < rules.after) return std::nullopt;
  const bool cooling = now < last_ + rules.cooldown && !is_changed(mark);
  if (cooling && counts_.refused < rules.after) return std::nullopt;  // it waits for the others
  if (cooling)
    return suppressed("logins were refused " + std::to_string(counts_.refused) +
                          " times in a row (without an answer or a proof counts as well)",
                      last_ + rules.cooldown - now);
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
  const bool cooling = now < last_ + rules.cooldown && !is_changed(mark);
  if (cooling && counted() >= rules.after) return false;
  last_ = now;
  ++under_way_;
  ++counts_.pending;
  return true;
}

bool Lockout::press_again(const LockoutRules& rules, Instant now, bool goes_on) {
  const bool is_trial = goes_on && counted() >= rules.after;
  if (!is_trial && counted() + under_way_ >= rules.after) return false;
  last_ = now;
  ++under_way_;
  ++counts_.pending;
  return true;
}

void Lockout::end(Ended one, Instant now) {
  under_way_ -= one.requests;
  counts_.pending = std::max(counts_.pending - one.requests, 0);
  if (one.late) late_ -= one.requests;
  for (int i = 0; one.refused && i < one.requests; ++i) {
    if (one.redeems) ++counts_.redeemed;
    refused_late(one.mark, now);
  }
}

void Lockout::refused_late(std::uint16_t mark, Instant now) {
  ++counts_.refused;
  last_ = now;
  const auto known = std::ranges::find(counts_.tried, mark);
  const auto room = std::ranges::find(counts_.tried, 0);
  if (known == counts_.tried.end() && room != counts_.tried.end()) *room = mark;
}

void Lockout::forgive(int count) {
  counts_.refused = std::max(counts_.refused - count, 0);
  counts_.redeemed = std::min(counts_.redeemed, counts_.refused);
}

void Lockout::take(const RefusalCounts& counts, Instant last) {
  counts_ = counts;
  last_ = last;
}

void Lockout::quiet(Span wanted, Span most, Instant now) {
  const Span granted = std::min(wanted, most);
  quiet({.until = now + granted, .wanted = wanted, .granted = granted});
}

void Lockout::quiet(const QuietTime& time) {
  if (time.until > quiet_.until) quiet_ = time;
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
