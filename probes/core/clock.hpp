#pragma once
#include <chrono>

namespace sonde {

// The monotonic clock: every duration, deadline and window is measured with it. The wall clock
// only labels what people read.
using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Span = std::chrono::nanoseconds;

inline double seconds(Span span) { return std::chrono::duration<double>(span).count(); }

}  // namespace sonde
