#pragma once
#include <chrono>
#include <string>

namespace sonde::service_manager {

// Sends lines "NAME=value" to the service manager (sd_notify(3)); does nothing if there is none.
void notify(const std::string& lines);
// The watchdog timeout of this process, within which it has to send "WATCHDOG=1"
// (sd_watchdog_enabled(3)); zero: none.
std::chrono::microseconds watchdog();

}  // namespace sonde::service_manager
