#include "daemon/system/service_manager.hpp"

#include <cstdint>

#include <systemd/sd-daemon.h>

namespace sonde::service_manager {

void notify(const std::string& lines) { ::sd_notify(0, lines.c_str()); }

std::chrono::microseconds watchdog() {
  std::uint64_t usec = 0;
  const bool watched = ::sd_watchdog_enabled(0, &usec) > 0;
  return std::chrono::microseconds(watched ? usec : 0);
}

}  // namespace sonde::service_manager
