#pragma once
#include <cstdint>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::notify {

// How long to wait after failed deliveries.
struct Backoff {
  Span base = std::chrono::seconds(1), cap = std::chrono::seconds(60);
};

// Wait after `failures` failures in a row: random between 0 and an upper limit, which is the base,
// doubled with each failure up to the cap (full jitter, so that destinations that failed together
// are not retried together); at least a tenth of the base, and at least what the destination asked
// for. `random` is any number. Pure.
Span wait_after(const Backoff& backoff, int failures, std::optional<Span> asked,
                std::uint64_t random);

}  // namespace sonde::notify
