#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace sonde::service_manager {

// Sends lines "NAME=value" to the service manager (sd_notify(3)); does nothing if there is none.
void notify(const std::string& lines);
// The sockets that the service manager passed to this process (sd_listen_fds(3)), once: programs
// that it starts do not get them. The caller owns them. Call it before other threads start.
std::vector<int> passed_sockets();
// The watchdog timeout of this process, within which it has to send "WATCHDOG=1"
// (sd_watchdog_enabled(3)); zero: none.
std::chrono::microseconds watchdog();

}  // namespace sonde::service_manager
