#pragma once
#include <memory>

#include "daemon/app/settings.hpp"
#include "probes/auth/lockout_table.hpp"

namespace sonde::app {

// Opens the table in which the daemon, or a `sonde run`, counts rejected logins: `lockouts` in the
// folder of `storage`. All processes share it, and it survives a restart, so an account that is
// close to being locked stays protected. In memory if there is no storage and, with a warning, if
// the file cannot be opened.
std::shared_ptr<auth::LockoutTable> open_lockouts(const store::StorageSettings& storage);

}  // namespace sonde::app
