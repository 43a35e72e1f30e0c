#include "daemon/notify/queue_backoff.hpp"

#include <algorithm>

namespace sonde::notify {

Span wait_after(const Backoff& backoff, int failures, std::optional<Span> asked,
                std::uint64_t random) {
  Span longest = backoff.base;
  for (int i = 1; i < failures && longest < backoff.cap; ++i) longest *= 2;
  longest = std::min(longest, backoff.cap);
  const double share = static_cast<double>(random >> 11U) * 0x1p-53;
  const auto wait = std::chrono::duration_cast<Span>(
      std::chrono::duration<double, Span::period>(static_cast<double>(longest.count()) * share));
  return std::max({wait, backoff.base / 10, asked.value_or(Span::zero())});
}

}  // namespace sonde::notify
