#pragma once

namespace sonde::app {

// The exit codes of the process (from sysexits.h for the two that are not a verdict).
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_config = 78;

}  // namespace sonde::app
