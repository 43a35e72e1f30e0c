#pragma once
#include <cstdint>
#include <optional>

namespace sonde::metrics {

// Facts about the process from the kernel, for the `process_*` metrics.
struct ProcessFacts {
  double cpu_seconds = 0;
  double start_seconds = 0;  // Unix time; the same at each call
  std::uint64_t open_fds = 0, max_fds = 0, virtual_bytes = 0, resident_bytes = 0, threads = 0;
};

// Reads them from /proc/self only, which a hardened unit keeps readable; nullopt if it is not.
std::optional<ProcessFacts> read_process();

}  // namespace sonde::metrics
