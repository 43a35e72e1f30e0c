#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/core/view.hpp"
#include "probes/core/clock.hpp"
#include "probes/text/time.hpp"

namespace sonde {

// "0.123 ms", "4.21 ms", "56.3 ms", "1203.0 ms": always milliseconds, for table columns.
std::string as_millis(Span span);

// "0.12 ms", "56.3 ms", "4.21 s": for running text.
std::string as_duration(Span span);

// Seconds with six decimals, always finite: "1.203456".
std::string as_seconds(Span span);

using text::as_rfc3339;

// "2026-01-02 03:04:05 UTC": for people.
std::string as_utc(std::chrono::system_clock::time_point at);

// The UTC day of Unix seconds: "2026-01-02".
std::string as_day(std::int64_t unix_seconds);

// "182 B", "12.3 KB", "4.0 MB"; 1 KB is 1024 B.
std::string as_bytes(std::size_t bytes);

// "shard 0 of 3", or "shard 0 of 3 (each probe is run by 2)": counted from 0, as on the command
// line.
std::string shard_words(const Shard& shard);

}  // namespace sonde
