#include "daemon/system/service_manager.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include <systemd/sd-daemon.h>

namespace sonde::service_manager {

void notify(const std::string& lines) { ::sd_notify(0, lines.c_str()); }

std::vector<int> passed_sockets() {
  std::vector<int> sockets;
  const int count = std::max(::sd_listen_fds(1), 0);  // negative: an error
  sockets.resize(static_cast<std::size_t>(count));
  std::iota(sockets.begin(), sockets.end(), SD_LISTEN_FDS_START);
  return sockets;
}

std::chrono::microseconds watchdog() {
  std::uint64_t usec = 0;
  const bool watched = ::sd_watchdog_enabled(0, &usec) > 0;
  return std::chrono::microseconds(watched ? usec : 0);
}

}  // namespace sonde::service_manager
