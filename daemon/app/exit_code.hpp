#pragma once

namespace sonde::app {

// What the process ends with (sysexits.h for those that are not a verdict).
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_io = 74;  // standard output could not be written
inline constexpr int exit_config = 78;

}  // namespace sonde::app
