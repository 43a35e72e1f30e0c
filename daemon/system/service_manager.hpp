#pragma once
#include <chrono>
#include <string>

namespace sonde::service_manager {

// Sends lines "NAME=value" to whoever started this process (sd_notify(3)); nothing happens if it
// does not listen.
void notify(const std::string& lines);
// How long this process may go without "WATCHDOG=1" (sd_watchdog_enabled(3)); zero: as long as it
// likes.
std::chrono::microseconds watchdog();

}  // namespace sonde::service_manager
