#pragma once
#include <chrono>

namespace sonde {

// The monotonic clock, which measures every duration, deadline and window. The wall clock is used
// only for times that people read.
using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Span = std::chrono::nanoseconds;

inline double seconds(Span span) { return std::chrono::duration<double>(span).count(); }

}  // namespace sonde
