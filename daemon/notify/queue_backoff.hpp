#pragma once
#include <cstdint>
#include <optional>

#include "probes/core/clock.hpp"

namespace sonde::notify {

// How long to leave a place in peace that failed.
struct Backoff {
  Span base = std::chrono::seconds(1), cap = std::chrono::seconds(60);
};

// After so many failures in a row: anything up to the base, doubled each time, up to the cap (full
// jitter, so that those who failed together do not come back together), at least a tenth of the
// base, and at least what the place asks for. `random` is any number. Pure.
Span wait_after(const Backoff& backoff, int failures, std::optional<Span> asked,
                std::uint64_t random);

}  // namespace sonde::notify
