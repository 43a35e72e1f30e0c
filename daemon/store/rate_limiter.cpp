#include "daemon/store/rate_limiter.hpp"

#include <algorithm>

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

struct Rate {
  Span each;
  int at_once;
};
constexpr Rate check_rate{12s, 5};
constexpr Rate total_rate{Span(1s) / 32, 256};
constexpr std::size_t checks_max = 4096;

bool allows(const Rate& rate, Instant paid_off, Instant now) {
  return paid_off <= now + rate.each * (rate.at_once - 1);
}

void charge(const Rate& rate, Instant& paid_off, Instant now) {
  paid_off = std::max(paid_off, now) + rate.each;
}

}  // namespace

bool RateLimiter::take(const std::string& check, Instant now) {
  if (checks_.size() > checks_max)
    std::erase_if(checks_, [now](const auto& entry) { return entry.second <= now; });
  Instant& paid_off = checks_[check];
  if (!allows(check_rate, paid_off, now) || !allows(total_rate, all_, now)) return false;
  charge(check_rate, paid_off, now);
  charge(total_rate, all_, now);
  return true;
}

}  // namespace sonde::store
