#pragma once
#include <chrono>
#include <string_view>

namespace sonde::service_manager {

// What sd_notify(3) and sd_watchdog_enabled(3) promise to keep as they are, without libsystemd: it
// would bring libgcrypt, lz4, lzma and zstd with it, 1 MB of this process, for the journal that is
// not used here.

// Sends lines "NAME=value" to whoever started this process; nothing happens if it does not listen,
// or its queue is full.
void notify(std::string_view lines);
// How long this process may go without "WATCHDOG=1"; zero: as long as it likes.
std::chrono::microseconds watchdog();

}  // namespace sonde::service_manager
