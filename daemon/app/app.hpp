#pragma once
#include <expected>
#include <string>

#include "daemon/app/flags.hpp"
#include "daemon/app/settings.hpp"

namespace sonde::app {

// The daemon from its start to its end, on the calling thread: binds and builds every part, starts
// them, runs until a signal stops it, and ends them in reverse order. The error says why it could
// not start; then nothing was probed, sent or served.
std::expected<void, std::string> run_daemon(const Flags& flags, Settings settings);

}  // namespace sonde::app
