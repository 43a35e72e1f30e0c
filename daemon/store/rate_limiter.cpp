#include "daemon/store/rate_limiter.hpp"

#include <algorithm>
#include <chrono>

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

struct Rate {
  Span each;
  int at_once;
};
constexpr Rate check_rate{12s, 5}, change_rate{6s, 20};
constexpr Rate total_rate{Span(1s) / 32, 256};
constexpr std::size_t checks_max = 4096;

bool allows(const Rate& rate, Instant paid_off, Instant now) {
  return paid_off <= now + rate.each * (rate.at_once - 1);
}

void charge(const Rate& rate, Instant& paid_off, Instant now) {
  paid_off = std::max(paid_off, now) + rate.each;
}

}  // namespace

bool RateLimiter::take(const std::string& check, Instant now, bool changed) {
  if (checks_.size() > checks_max)
    std::erase_if(checks_, [now](const auto& entry) {
      return entry.second.equal <= now && entry.second.changed <= now;
    });
  const Rate& rate = changed ? change_rate : check_rate;
  Used& used = checks_[check];
  Instant& paid_off = changed ? used.changed : used.equal;
  if (!allows(rate, paid_off, now) || !allows(total_rate, all_, now)) return false;
  charge(rate, paid_off, now);
  charge(total_rate, all_, now);
  return true;
}

}  // namespace sonde::store
