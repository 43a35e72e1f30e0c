#pragma once
#include <expected>
#include <string>
#include <vector>

#include "daemon/app/flags.hpp"
#include "daemon/app/settings.hpp"

namespace sonde::app {

// Runs the daemon from start to end on the calling thread: binds and builds every component, starts
// them, runs until a signal stops it, and stops them in reverse order. The error says why it could
// not start; in that case nothing was probed, sent or served. `sockets`: those that the service
// manager passed, which are served in place of --web.listen-address; empty: none.
std::expected<void, std::string> run_daemon(const Flags& flags, Settings settings,
                                            const std::vector<int>& sockets);

}  // namespace sonde::app
